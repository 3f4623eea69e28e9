import type { GuardIdempotency, GuardOptions, LoadedState, SharedGuardOptions } from "unclash";
import type { GuardedApp, PlainRequest } from "./app.js";

/**
 * The suite's options of a guard in terms of a framework's request: an adapter's harness hands them to `guard`,
 * `guarded` and `check`.
 *
 * @param plain what the suite looks at of a framework's request
 */
export function nativeOptions<Native>(
  options: GuardOptions<PlainRequest, LoadedState>,
  plain: (request: Native) => PlainRequest,
): GuardOptions<Native, LoadedState> {
  const { load, resource, past, represent, identify, problem, route, observe, idempotency, ...others } = options;
  return {
    ...others,
    ...(load && { load: (request: Native) => load(plain(request)) }),
    ...(resource && { resource: (request: Native) => resource(plain(request)) }),
    ...(past && { past: (named, request: Native) => past(named, plain(request)) }),
    ...(represent && { represent: (value, request: Native) => represent(value, plain(request)) }),
    ...(identify && { identify: (facts) => identify({ ...facts, native: plain(facts.native) }) }),
    ...nativeFormat(problem, plain),
    ...(route && { route: (request: Native) => route(plain(request)) }),
    ...(observe && { observe: (decision) => observe({ ...decision, native: plain(decision.native) }) }),
    ...(idempotency && { idempotency: nativeKeys(idempotency, plain) }),
  };
}

function nativeKeys<Native>(
  { scope, fingerprint, ...others }: GuardIdempotency<PlainRequest>,
  plain: (request: Native) => PlainRequest,
): GuardIdempotency<Native> {
  return {
    ...others,
    ...(scope && { scope: (facts) => scope({ ...facts, native: plain(facts.native) }) }),
    ...(fingerprint && { fingerprint: (request: Native) => fingerprint(plain(request)) }),
  };
}

/** The format of the suite's app, as an adapter's `problems` or `createGuards` takes it. */
export function nativeFormat<Native>(
  problem: GuardedApp["problem"],
  plain: (request: Native) => PlainRequest,
): Pick<SharedGuardOptions<Native>, "problem"> {
  return problem === undefined ? {} : { problem: (each, request: Native) => problem(each, plain(request)) };
}

/** The same options, as an adapter's `createGuards` takes what guards have in common, and each guard the rest. */
export function splitOptions<Native>(options: GuardOptions<Native, LoadedState>): {
  readonly shared: SharedGuardOptions<Native>;
  readonly own: Omit<GuardOptions<Native, LoadedState>, "idempotency">;
} {
  const { load, resource, creates, past, represent, ...shared } = options;
  const own = {
    ...(load && { load }),
    ...(resource && { resource }),
    ...(creates !== undefined && { creates }),
    ...(past && { past }),
    ...(represent && { represent }),
  };
  return { shared, own };
}

/** The options of a guard as `check` takes them: all but how keys are kept, which is for a guard in front. */
export function checkOptions<Native>({
  idempotency: _,
  ...options
}: GuardOptions<Native, LoadedState>): Omit<GuardOptions<Native, LoadedState>, "idempotency"> {
  return options;
}
