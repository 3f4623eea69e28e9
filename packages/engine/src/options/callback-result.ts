import { CallbackError } from "@unclash/core";
import { describeValue, isPromise } from "@unclash/core/options";

/**
 * The error for a function of the app's that must return something at once, and returned something else. An async one
 * is refused as such, and what its promise rejects with later is not left unhandled.
 *
 * @param callback the function, as a path of options: `collections.articles.rules[0]`
 * @param allowed what it may return, for the error's text: `a JSON object, or nothing`
 */
export function wrongResult(callback: string, allowed: string, result: unknown): CallbackError {
  if (!isPromise(result)) {
    return new CallbackError(callback, `must return ${allowed}, and returned ${describeValue(result)}`);
  }
  result.then(undefined, () => undefined);
  return new CallbackError(callback, `must not be async: it must return ${allowed}, and returned a promise`);
}

/** The error for a function that may be async, and gave something that it may not. */
export function wrongOutcome(callback: string, allowed: string, outcome: unknown): CallbackError {
  return new CallbackError(callback, `must give ${allowed}, and gave ${describeValue(outcome)}`);
}
