import type { IncomingMessage, ServerResponse } from "node:http";
import {
  assertNotServed,
  checkOptions,
  errorOf,
  httpErrorPlan,
  isFunction,
  isGuardError,
  isText,
  type OptionRules,
  sendAnswer,
} from "unclash/adapter";
import { requestFacts } from "./facts.js";
import { answerFailure, tellFailure, warnOfFailure } from "./failure.js";
import type { Next } from "./mount.js";

export interface ProblemsOptions {
  /** What a problem's `type` begins with, for errors that no guard made. @default "urn:problem-type:unclash:" */
  readonly problemTypePrefix?: string;
  /**
   * Where there is no `next` to tell: is told of all other errors. The client gets a bare 500.
   * @default a warning of the process, with the stack
   */
  readonly onError?: (error: object, request: IncomingMessage) => void;
}

/** An error handler as connect has it. */
export type ErrorHandler = (error: unknown, request: IncomingMessage, response: ServerResponse, next?: Next) => void;

const rules: OptionRules<ProblemsOptions> = { problemTypePrefix: isText, onError: isFunction };

/**
 * An error handler, for the end of an app: it answers what guards and `check` throw, and, as problems too, what body
 * parsers refuse. All other errors go on to `next`, where there is one.
 *
 * @throws ConfigurationError where an option can't be
 */
export function problems(options: ProblemsOptions = {}): ErrorHandler {
  assertNotServed("problems", options);
  checkOptions<ProblemsOptions>("", options, rules);
  const { problemTypePrefix, onError = warnOfFailure } = options;
  // Connect knows an error handler by its four parameters.
  return (error, request, response, next) => {
    const { base, path } = requestFacts(request, response);
    const answer = isGuardError(error) ? error.answer : httpErrorPlan(error, base + path, problemTypePrefix);
    if (answer !== undefined && !response.headersSent) return sendAnswer(answer, response);
    if (next !== undefined) return next(error);
    answerFailure(request, response);
    tellFailure(onError, errorOf(error), request);
  };
}
