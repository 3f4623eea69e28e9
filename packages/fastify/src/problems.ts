import type { FastifyError, FastifyPluginAsync, FastifyReply, FastifyRequest, FastifyServerOptions } from "fastify";
import {
  assertNotServed,
  checkOptions,
  type ErrorFormat,
  errorFormatRules,
  handedOver,
  isBoolean,
  type OptionRules,
  problemSources,
} from "unclash/adapter";
import { answerErrors, guardAnswer } from "./answering.js";
import { frameworkProblem, unknownRoute } from "./framework-problems.js";
import { pluginOfContext } from "./register-options.js";
import { rememberReply } from "./replies.js";
import { sendReply } from "./send-reply.js";

/** The format of the errors that no guard made, and which errors those are. */
export interface ProblemsOptions extends ErrorFormat<FastifyRequest> {
  /**
   * Whether requests that no route was found for are answered with a problem: it sets the not-found handler. @default
   * false
   */
  readonly unknownRoutes?: boolean;
}

const rules: OptionRules<ProblemsOptions> = { ...errorFormatRules, unknownRoutes: isBoolean };

/** The options of `urlProblems`. */
export type UrlProblemsOptions = ErrorFormat<FastifyRequest>;

/**
 * The error handler of the context that it is registered in, and of those inside: `app.register(problems())`. It
 * answers what guards and `check` throw, and, as problems too, what Fastify itself refuses: content that is too large,
 * of another type, no JSON, or not as the route's schema says. All other errors go on to the error handler of the
 * context around.
 */
export function problems(options?: ProblemsOptions): FastifyPluginAsync;
export function problems(options: ProblemsOptions = {}): FastifyPluginAsync | Promise<never> {
  const misuse = handedOver("problems", options);
  // Fastify hears of what is thrown by what it takes for a plugin only where that is a promise.
  if (misuse !== undefined) return Promise.reject(misuse);
  checkOptions<ProblemsOptions>("", options, rules);
  const { unknownRoutes = false } = options;
  const sourceOf = problemSources(options);
  return pluginOfContext("problems", "unclash-problems", (app) => {
    app.addHook("onRequest", async (request, reply) => rememberReply(request, reply));
    answerErrors(app, guardAnswer);
    answerErrors(app, (error, request) => frameworkProblem(error, sourceOf(pathOf(request), request)));
    if (!unknownRoutes) return;
    app.setNotFoundHandler((request, reply) => sendReply(reply, unknownRoute(sourceOf(pathOf(request), request))));
  });
}

/**
 * Makes the server option `frameworkErrors`, for an app without a mount: `Fastify({ frameworkErrors: urlProblems() })`.
 * Fastify's router refuses URLs with broken percent-encoding before any plugin sees them; with this they are problems
 * too.
 */
export function urlProblems(options: UrlProblemsOptions = {}): NonNullable<FastifyServerOptions["frameworkErrors"]> {
  assertNotServed("urlProblems", options);
  checkOptions<UrlProblemsOptions>("", options, errorFormatRules);
  const sourceOf = problemSources(options);
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    const plan = frameworkProblem(error, sourceOf(pathOf(request), request));
    if (plan === undefined) reply.send(error);
    else sendReply(reply, plan);
  };
}

function pathOf(request: FastifyRequest): string {
  return request.originalUrl.split("?", 1)[0] ?? "";
}
