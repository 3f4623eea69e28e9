import { ConfigurationError, UsageError } from "@unclash/core";
import { describeValue } from "@unclash/core/options";
import { isSafe } from "../http/methods.js";
import type { RequestFacts } from "../http/request.js";
import type { Loaded } from "../states/loaded-state.js";
import type { TagFault } from "../states/row-state.js";
import { createContext } from "./create-context.js";
import { evaluateRequest } from "./evaluate-request.js";
import type { GuardContext } from "./guard-context.js";
import type { GuardOptions } from "./guard-options.js";
import { createTally } from "./guard-report.js";
import { type GuardSettings, type RouteOf, resolveGuard } from "./guard-settings.js";
import { GuardedResponse } from "./guarded-response.js";
import { openExchange } from "./open-request.js";
import { type Passed, passedRequest, rememberPassed } from "./passed-requests.js";

/**
 * How `check` treats a request that came through no guard. Keys are read before a handler runs, by a guard in front of
 * it.
 */
export interface CheckOptions<Native, State extends Loaded> extends GuardOptions<Native, State> {
  readonly idempotency?: false;
}

/**
 * Holds a request's preconditions against a state that its handler has loaded itself, inside its own transaction. The
 * guard that the request came through says how; one that came through none is treated by `options`, or as a guard
 * without any is.
 *
 * @param routeOf names routes as the framework does, for observers
 * @returns what a guarded handler gets: its `outcome` is to be told how the write went
 * @throws GuardError with the answer, where the request may not be carried out: the transaction is rolled back by it
 * @throws ConfigurationError where an option can't be
 */
export async function checkRequest<Native extends object, State extends Loaded>(
  request: RequestFacts<Native>,
  state: State | null | undefined,
  options: GuardOptions<Native, State> = none,
  routeOf?: RouteOf<Native>,
): Promise<{
  readonly context: GuardContext<State>;
  readonly guardedResponse: GuardedResponse;
  readonly isNew: boolean;
}> {
  const known = passedRequest(request.native);
  if (known === undefined && options.idempotency) throw new ConfigurationError("idempotency", keysTooLate);
  // Behind a guard they count for nothing, but what is no options object is a mistake there too.
  if (Object(options) !== options) resolveGuard(options);
  const passed = known ?? (await passUnguarded(request, settingsFor(options, routeOf)));
  const { exchange, parsedRequest, guardedResponse, tally } = passed;
  const there = state ?? undefined;
  if (there !== undefined) assertState(there);
  guardedResponse.hold();
  const selected = there === undefined ? undefined : exchange.select(there, faultOfState);
  const evaluation = await evaluateRequest(exchange, parsedRequest, selected);
  guardedResponse.refusal = undefined;
  if (evaluation.kind === "refuse") {
    const { status, outcome } = evaluation.error.answer;
    tally.refuse(outcome, !isSafe(request.method));
    if (exchange.settings.reportOnly) guardedResponse.reported = outcome;
    else {
      guardedResponse.refusal = outcome;
      // Nothing watches the response of a request that came through no guard until a check lets it pass.
      if (known === undefined && exchange.isObserved) exchange.publishAnswer({ status, outcome });
      throw evaluation.error;
    }
  }
  return {
    context: createContext<State>(passed, { selected, evaluation }),
    guardedResponse,
    isNew: known === undefined,
  };
}

/** @throws UsageError for what is neither a row with a version nor a state */
function assertState(state: unknown): void {
  const isState = typeof state === "object" && state !== null && "version" in state && !Array.isArray(state);
  if (isState && state.version !== undefined && state.version !== null) return;
  const what = `a row with a \`version\`, as { version, value }, or nothing where there is no row`;
  throw new UsageError("check", `must be given ${what}, and was given ${describeValue(state)}`);
}

const faultOfState: TagFault = (problem) => new UsageError("check", problem.replace("gave", "was given"));

/** Why `check` keeps no keys by itself. */
export const keysTooLate: string =
  "can't be had by check() alone: a repeat must be known before its handler runs. Put `guarded({}, …)` around the " +
  "handler or a `guard` in front of it, or give check() `idempotency: false`";

const none = {};

const resolved = new WeakMap<object, GuardSettings>();

/** Options that are given again with each request are checked once. */
function settingsFor<Native, State extends Loaded>(
  options: GuardOptions<Native, State>,
  routeOf: RouteOf<Native> | undefined,
): GuardSettings {
  const known = resolved.get(options);
  if (known !== undefined) return known;
  const settings = resolveGuard(options, routeOf);
  resolved.set(options, settings);
  return settings;
}

async function passUnguarded<Native extends object>(
  request: RequestFacts<Native>,
  settings: GuardSettings,
): Promise<Passed> {
  const opened = await openExchange(settings, request);
  const { exchange } = opened;
  if (opened.kind === "refused") {
    const error = exchange.error(opened);
    if (exchange.isObserved) exchange.publishAnswer(error.answer);
    throw error;
  }
  const { parsedRequest } = opened;
  const tally = createTally();
  const guardedResponse = new GuardedResponse(exchange, tally, undefined);
  const passed = { exchange, parsedRequest, guardedResponse, tally, idempotencyKey: undefined };
  rememberPassed(request.native, passed);
  return passed;
}
