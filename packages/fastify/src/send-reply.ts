import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";
import {
  forgetContent,
  type GuardAnswer,
  headersBeside,
  isStreamPlan,
  keepOwnTag,
  lingerOn,
  noTag,
  outgoingHeaders,
  preparePlan,
  type ResponsePlan,
  type StreamPlan,
  staysUntagged,
  streamBehindHead,
  watchEnd,
} from "unclash/adapter";

/**
 * Sends an answer through Fastify, so that `onSend` hooks see it. Of a stream they see the head, and no content; what
 * the stream throws is logged, as Fastify does with its own streams.
 */
export function sendReply(reply: FastifyReply, plan: ResponsePlan | StreamPlan): FastifyReply {
  const prepared = preparePlan(plan, reply.request.method);
  if (isStreamPlan(prepared)) return sendStreamReply(reply, prepared);
  if (prepared.onEnd !== undefined) watchEnd(prepared, reply.raw);
  return sendText(reply, prepared);
}

function sendText(reply: FastifyReply, plan: ResponsePlan): FastifyReply {
  lingerOn(reply.raw);
  withholdTag(reply, plan);
  return put(reply, plan);
}

function put(reply: FastifyReply, plan: ResponsePlan): FastifyReply {
  reply.code(plan.status).headers(headersBeside(plan, reply.getHeader("vary")));
  // The content is JSON text already, and without a serializer Fastify adds a charset to its type.
  return plan.body === null ? reply.send() : reply.serializer(asItIs).send(plan.body);
}

function sendStreamReply(reply: FastifyReply, plan: StreamPlan): FastifyReply {
  const { raw, log } = reply;
  // Fastify is through with the response: no time-out of its own may answer in the middle of the stream.
  streamBehindHead(plan, raw, () => reply.hijack()).catch((error: unknown) => {
    log.error({ err: error }, "A response was broken off: its stream failed.");
  });
  return put(reply, { ...plan, body: null });
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
