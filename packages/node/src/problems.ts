import type { IncomingMessage, ServerResponse } from "node:http";
import {
  assertNotServed,
  checkOptions,
  type ErrorFormat,
  errorFormatRules,
  errorOf,
  type GuardAnswer,
  httpErrorPlan,
  isFunction,
  isGuardError,
  type OptionRules,
  problemSources,
  sendAnswer,
} from "unclash/adapter";
import { requestFacts } from "./facts.js";
import { answerFailure, tellFailure, warnOfFailure } from "./failure.js";
import type { Next } from "./mount.js";

/** The format of the errors that no guard made, and who is told of errors that nobody answers. */
export interface ProblemsOptions extends ErrorFormat<IncomingMessage> {
  /**
   * Where there is no `next` to tell: is told of all other errors. The client gets a bare 500.
   * @default a warning of the process, with the stack
   */
  readonly onError?: (error: object, request: IncomingMessage) => void;
}

/** An error handler as connect has it. */
export type ErrorHandler = (error: unknown, request: IncomingMessage, response: ServerResponse, next?: Next) => void;

const rules: OptionRules<ProblemsOptions> = { ...errorFormatRules, onError: isFunction };

/**
 * An error handler, for the end of an app: it answers what guards and `check` throw, and, as problems too, what body
 * parsers refuse. All other errors go on to `next`, where there is one.
 *
 * @throws ConfigurationError where an option can't be
 */
export function problems(options: ProblemsOptions = {}): ErrorHandler {
  assertNotServed("problems", options);
  checkOptions<ProblemsOptions>("", options, rules);
  const { onError = warnOfFailure } = options;
  const sourceOf = problemSources(options);
  const answerTo = (error: unknown, request: IncomingMessage, response: ServerResponse): GuardAnswer | undefined => {
    if (isGuardError(error)) return error.answer;
    const { base, path } = requestFacts(request, response);
    return httpErrorPlan(error, sourceOf(base + path, request));
  };
  // Connect knows an error handler by its four parameters.
  return (error, request, response, next) => {
    let failure = error;
    try {
      const answer = answerTo(error, request, response);
      if (answer !== undefined && !response.headersSent) return sendAnswer(answer, response);
    } catch (thrown) {
      // The app's `problem` has failed, and an error handler may not.
      failure = thrown;
    }
    if (next !== undefined) return next(failure);
    answerFailure(request, response);
    tellFailure(onError, errorOf(failure), request);
  };
}
