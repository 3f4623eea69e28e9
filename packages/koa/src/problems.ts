import type { Context, Middleware } from "koa";
import {
  assertNotServed,
  checkOptions,
  type ErrorFormat,
  errorFormatRules,
  httpErrorPlan,
  isGuardError,
  problemSources,
} from "unclash/adapter";
import { respond } from "./respond.js";

/** The format of the errors that no guard made. */
export type ProblemsOptions = ErrorFormat<Context>;

/**
 * A middleware for the beginning of an app: `app.use(problems())`. It answers what guards and `check` throw, and, as
 * problems too, what body parsers refuse. All other errors are thrown on.
 *
 * @throws ConfigurationError where an option can't be
 */
export function problems(options: ProblemsOptions = {}): Middleware {
  assertNotServed("problems", options);
  checkOptions<ProblemsOptions>("", options, errorFormatRules);
  const sourceOf = problemSources(options);
  return async (context, next) => {
    try {
      await next();
    } catch (thrown) {
      const path = context.originalUrl.split("?", 1)[0] ?? "";
      const answer = isGuardError(thrown) ? thrown.answer : httpErrorPlan(thrown, sourceOf(path, context));
      if (answer === undefined || context.headerSent) throw thrown;
      respond(context, answer);
    }
  };
}
