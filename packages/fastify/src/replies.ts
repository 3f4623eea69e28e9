import type { FastifyReply, FastifyRequest } from "fastify";
import { createSlot } from "unclash/adapter";

const replies = createSlot<FastifyReply>("reply");

/** Keeps the reply of a request, which does not know it. */
export function rememberReply(request: FastifyRequest, reply: FastifyReply): void {
  replies.put(request, reply);
}

export function replyOf(request: FastifyRequest): FastifyReply | undefined {
  return replies.of(request);
}
