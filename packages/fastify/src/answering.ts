import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type GuardAnswer, isGuardError, warnOfUnansweredRefusal } from "unclash/adapter";
import { requestFacts } from "./facts.js";
import { sendAnswer } from "./send-reply.js";

/** The answer to an error; nothing where it is not for this one to answer. */
export type Answerer = (error: unknown, request: FastifyRequest) => GuardAnswer | undefined;

const contexts = new WeakMap<FastifyInstance, Set<Answerer>>();

/** Answers the errors of a context's routes. All guards of one context share its one error handler. */
export function answerErrors(app: FastifyInstance, answerer: Answerer): void {
  const known = contexts.get(app);
  if (known !== undefined) {
    known.add(answerer);
    return;
  }
  const answerers = new Set([answerer]);
  contexts.set(app, answerers);
  app.setErrorHandler((error, request, reply) => {
    answerOrThrow(error, request, reply, answerers);
  });
}

/**
 * Warns where another error handler answers what a guard of this context throws: Fastify has one only for the routes
 * that come after it, and those inside come first.
 */
export function watchUnanswered(app: FastifyInstance): void {
  app.addHook("onError", async (request, reply, error) => {
    if (!isGuardError(error)) return;
    reply.raw.once("finish", () => {
      if (!answered.has(request)) warnOfUnansweredRefusal(requestFacts(request, reply));
    });
  });
}

/** The requests whose errors were answered here. */
const answered = new WeakSet<FastifyRequest>();

/** The answer that guards throw. */
export function guardAnswer(error: unknown): GuardAnswer | undefined {
  return isGuardError(error) ? error.answer : undefined;
}

/** A route's own error handler, for what guards throw. */
export function answerGuardErrors(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  answerOrThrow(error, request, reply, [guardAnswer]);
}

/** What an error handler throws, Fastify hands to the one of the context around it. */
function answerOrThrow(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  answerers: Iterable<Answerer>,
): void {
  // Once the head is out, the connection has to be broken off: half an answer must not look whole.
  if (reply.raw.headersSent) throw error;
  for (const answerer of answerers) {
    const answer = answerer(error, request);
    if (answer === undefined) continue;
    answered.add(request);
    sendAnswer(reply, answer);
    return;
  }
  throw error;
}
