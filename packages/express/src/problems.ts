import type { ErrorRequestHandler } from "express";
import {
  assertNotServed,
  checkOptions,
  httpErrorPlan,
  isGuardError,
  isText,
  type OptionRules,
  sendAnswer,
} from "unclash/adapter";

export interface ProblemsOptions {
  /** What a problem's `type` begins with, for errors that no guard made. @default "urn:problem-type:unclash:" */
  readonly problemTypePrefix?: string;
}

const rules: OptionRules<ProblemsOptions> = { problemTypePrefix: isText };

/**
 * An error handler, for the end of an app: `app.use(problems())`. It answers what guards and `check` throw, and, as
 * problems too, what body parsers and the router refuse. All other errors go on to the next error handler.
 *
 * @throws ConfigurationError where an option can't be
 */
export function problems(options: ProblemsOptions = {}): ErrorRequestHandler {
  assertNotServed("problems", options);
  checkOptions<ProblemsOptions>("", options, rules);
  const { problemTypePrefix } = options;
  return (error, request, response, next) => {
    if (response.headersSent) return next(error);
    const path = request.originalUrl.split("?", 1)[0] ?? "";
    const answer = isGuardError(error) ? error.answer : httpErrorPlan(error, path, problemTypePrefix);
    if (answer === undefined) return next(error);
    sendAnswer(answer, response);
  };
}
