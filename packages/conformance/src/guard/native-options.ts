import type { GuardOptions, LoadedState } from "unclash";
import type { PlainRequest } from "./app.js";

/**
 * The suite's options of a guard in terms of a framework's request: an adapter's harness hands them to `guard`, `guarded` and
 * `check`.
 *
 * @param plain what the suite looks at of a framework's request
 */
export function nativeOptions<Native>(
  options: GuardOptions<PlainRequest, LoadedState>,
  plain: (request: Native) => PlainRequest,
): GuardOptions<Native, LoadedState> {
  const { load, resource, past, represent, identify, problem, ...others } = options;
  return {
    ...others,
    ...(load && { load: (request: Native) => load(plain(request)) }),
    ...(resource && { resource: (request: Native) => resource(plain(request)) }),
    ...(past && { past: (named, request: Native) => past(named, plain(request)) }),
    ...(represent && { represent: (value, request: Native) => represent(value, plain(request)) }),
    ...(identify && { identify: (facts) => identify({ ...facts, native: plain(facts.native) }) }),
    ...(problem && { problem: (each, request: Native) => problem(each, plain(request)) }),
  };
}
