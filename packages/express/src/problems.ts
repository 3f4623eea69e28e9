import type { ErrorRequestHandler, Request } from "express";
import {
  assertNotServed,
  checkOptions,
  type ErrorFormat,
  errorFormatRules,
  httpErrorPlan,
  isGuardError,
  problemSources,
  sendAnswer,
} from "unclash/adapter";

/** The format of the errors that no guard made. */
export type ProblemsOptions = ErrorFormat<Request>;

/**
 * An error handler, for the end of an app: `app.use(problems())`. It answers what guards and `check` throw, and, as
 * problems too, what body parsers and the router refuse. All other errors go on to the next error handler.
 *
 * @throws ConfigurationError where an option can't be
 */
export function problems(options: ProblemsOptions = {}): ErrorRequestHandler {
  assertNotServed("problems", options);
  checkOptions<ProblemsOptions>("", options, errorFormatRules);
  const sourceOf = problemSources(options);
  return (error, request, response, next) => {
    if (response.headersSent) return next(error);
    const path = request.originalUrl.split("?", 1)[0] ?? "";
    const answer = isGuardError(error) ? error.answer : httpErrorPlan(error, sourceOf(path, request));
    if (answer === undefined) return next(error);
    sendAnswer(answer, response);
  };
}
