import type { FastifyReply } from "fastify";
import { headersBeside, type ResponsePlan } from "unclash/adapter";

/** Sends an answer through Fastify, so that `onSend` hooks see it. */
export function sendReply(reply: FastifyReply, plan: ResponsePlan): FastifyReply {
  reply.code(plan.status).headers(headersBeside(plan, reply.getHeader("vary")));
  // The content is JSON text already, and without a serializer Fastify adds a charset to its type.
  return plan.body === null ? reply.send() : reply.serializer(asItIs).send(plan.body);
}

function asItIs(text: string): string {
  return text;
}
