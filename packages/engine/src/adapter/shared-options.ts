import { ConfigurationError, UsageError } from "@unclash/core";
import { describeValue } from "@unclash/core/options";
import { type CheckOptions, keysTooLate } from "../guards/check.js";
import type { GuardOptions, SharedGuardOptions } from "../guards/guard-options.js";
import type { Loaded } from "../states/loaded-state.js";
import { assertNotServed } from "./arguments.js";
import type { ErrorFormat } from "./error-format.js";

/**
 * The options of one guard, over those that all guards of an app share: its own win, and of a group (`preconditions`,
 * `conflicts`, `requestLimits`, `idempotency`) each member by itself.
 *
 * @param call the function that the app called: `guard`
 * @throws UsageError for an instance of a class, whose methods would be lost
 */
export function withSharedOptions<Native, State extends Loaded, Creates extends boolean>(
  call: string,
  shared: SharedGuardOptions<never>,
  own: GuardOptions<Native, State, Creates>,
): GuardOptions<Native, State, Creates> {
  assertNotServed(call, own);
  // The guard itself says what it takes in place of this.
  if (typeof own !== "object" || own === null) return own;
  const isPlain = [Object.prototype, null].includes(Object.getPrototypeOf(Object(own)));
  if (!isPlain) throw new UsageError(call, `must be given its options as a plain object, not ${describeValue(own)}`);
  const { preconditions, conflicts, requestLimits, idempotency } = own;
  return {
    ...shared,
    ...membersSet(own),
    ...(preconditions && { preconditions: { ...shared.preconditions, ...membersSet(preconditions) } }),
    ...(conflicts && { conflicts: { ...shared.conflicts, ...membersSet(conflicts) } }),
    ...(requestLimits && { requestLimits: { ...shared.requestLimits, ...membersSet(requestLimits) } }),
    ...(idempotency && { idempotency: { ...idempotency, ...shared.idempotency, ...membersSet(idempotency) } }),
  };
}

/**
 * The options of an app's error handler, over the format of problems that all guards of the app share.
 *
 * @param call the function that the app called: `problems`
 */
export function withSharedFormat<Own extends ErrorFormat<never>>(
  call: string,
  { problemTypePrefix, problem }: SharedGuardOptions<never>,
  own: Own,
): Own {
  assertNotServed(call, own);
  // The error handler itself says what it takes in place of this.
  if (typeof own !== "object" || own === null) return own;
  return { ...own, ...membersSet({ problemTypePrefix, problem }), ...membersSet(own) };
}

/** The options that are not left open with `undefined`. */
function membersSet(options: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/**
 * The options that `check` is given itself.
 *
 * @throws ConfigurationError for keys, which are read before a handler runs
 */
export function ownCheckOptions<Native, State extends Loaded>(
  options?: GuardOptions<Native, State>,
): GuardOptions<Native, State> | undefined {
  if (options?.idempotency) throw new ConfigurationError("idempotency", keysTooLate);
  return options;
}

/** The same for `check`, whose options come with each request: those of one object are joined once. */
export function sharedCheckOptions<Native>(
  shared: SharedGuardOptions<Native>,
): <State extends Loaded>(own?: CheckOptions<Native, State>) => GuardOptions<Native, State> {
  const known = new WeakMap<object, object>();
  return <State extends Loaded>(own: CheckOptions<Native, State> = none): GuardOptions<Native, State> => {
    const options = known.get(own) ?? withSharedOptions("check", shared, own);
    known.set(own, options);
    return options;
  };
}

const none = Object.freeze({});
