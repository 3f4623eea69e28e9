import type { FastifyReply, FastifyRequest } from "fastify";

const replies = new WeakMap<FastifyRequest, FastifyReply>();

/** Keeps the reply of a request, which does not know it. */
export function rememberReply(request: FastifyRequest, reply: FastifyReply): void {
  replies.set(request, reply);
}

export function replyOf(request: FastifyRequest): FastifyReply | undefined {
  return replies.get(request);
}
