import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";
import {
  forgetContent,
  type GuardAnswer,
  headersBeside,
  keepOwnTag,
  lingerOn,
  noTag,
  outgoingHeaders,
  type ResponsePlan,
  staysUntagged,
} from "unclash/adapter";

/** Sends an answer through Fastify, so that `onSend` hooks see it. */
export function sendReply(reply: FastifyReply, plan: ResponsePlan): FastifyReply {
  lingerOn(reply.raw);
  withholdTag(reply, plan);
  reply.code(plan.status).headers(headersBeside(plan, reply.getHeader("vary")));
  // The content is JSON text already, and without a serializer Fastify adds a charset to its type.
  return plan.body === null ? reply.send() : reply.serializer(asItIs).send(plan.body);
}

/** Sends a guard's answer the same way; one that is given again may hold bytes, and headers of several lines. */
export function sendAnswer(reply: FastifyReply, answer: GuardAnswer): FastifyReply {
  lingerOn(reply.raw);
  keepOwnTag(answer, reply.raw);
  withholdTag(reply, answer);
  forgetContent(reply);
  reply.removeHeader("content-type").removeHeader("content-length");
  reply.code(answer.status).headers(outgoingHeaders(answer, reply));
  const { body } = answer;
  // Fastify's own HEAD routes would say that the state has no content.
  if (body === null) return reply.request.method === "HEAD" ? reply.send(Readable.from([])) : reply.send();
  // Fastify makes up a type for content without one, but not for a stream's.
  if (!reply.hasHeader("content-type")) return reply.send(Readable.from([Buffer.from(body)]));
  return reply.serializer(asItIs).send(body);
}

/** Keeps `onSend` hooks such as that of @fastify/etag from making an entity-tag of an answer that must have none. */
function withholdTag(reply: FastifyReply, answer: GuardAnswer): void {
  if (!staysUntagged(answer, reply.request.method)) return;
  keepOwnTag(answer, reply.raw);
  reply.header("etag", noTag);
}

function asItIs(text: string): string {
  return text;
}
