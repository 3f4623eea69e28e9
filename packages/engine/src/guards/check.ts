import { ConfigurationError, UsageError } from "@unclash/core";
import { describeValue } from "@unclash/core/options";
import { isSafe } from "../http/methods.js";
import type { RequestFacts } from "../http/request.js";
import type { LoadedState } from "../states/loaded-state.js";
import type { Guard } from "./guard.js";
import { letPass, type Passed } from "./guard-handle.js";
import type { GuardOptions } from "./guard-options.js";
import { createTally } from "./guard-report.js";
import { type GuardSettings, resolveGuard } from "./guard-settings.js";
import { judge } from "./judge.js";
import { openExchange } from "./open-request.js";
import { Passage } from "./passage.js";
import { passedRequest, rememberPassed } from "./passed-requests.js";

/**
 * How `check` treats a request that came through no guard. Keys are read before a handler runs, by a guard in front of
 * it.
 */
export type CheckOptions<Native, State extends LoadedState> = GuardOptions<Native, State> & {
  readonly idempotency?: never;
};

/**
 * Holds a request's preconditions against a state that its handler has loaded itself, inside its own transaction. The
 * guard that the request came through says how; one that came through none is treated by `options`, or as a guard
 * without any is.
 *
 * @returns the guard, for `updated`, `expectRow` and `expectAffected`
 * @throws GuardError with the answer, where the request may not be carried out: the transaction is rolled back by it
 * @throws ConfigurationError where an option can't be
 */
export async function checkRequest<Native extends object, State extends LoadedState>(
  request: RequestFacts<Native>,
  state: State | null | undefined,
  options: CheckOptions<Native, State> = none,
): Promise<{ readonly guard: Guard<State>; readonly passage: Passage; readonly isNew: boolean }> {
  if ("idempotency" in Object(options) && Reflect.get(options, "idempotency") !== undefined)
    throw new ConfigurationError("idempotency", tooLate);
  const settings = settingsFor(options);
  const known = passedRequest(request.native);
  const passed = known ?? (await passUnguarded(request, settings));
  const { exchange, terms, passage, tally } = passed;
  const there = state ?? undefined;
  if (there !== undefined) assertState(there);
  passage.hold();
  const selected = there && exchange.select(there);
  const judgement = await judge(exchange, terms, selected);
  if (judgement.kind === "refuse") {
    tally.refuse(judgement.error.answer.outcome, !isSafe(request.method));
    if (!exchange.settings.reportOnly) throw judgement.error;
  }
  return { guard: letPass(passed, { state: there, selected, judgement }), passage, isNew: known === undefined };
}

/** What `load` would be blamed for, where it was not there. @throws UsageError for what is no state of a row */
function assertState(state: unknown): void {
  const isState = typeof state === "object" && state !== null && "version" in state && !Array.isArray(state);
  if (isState && state.version !== undefined && state.version !== null) return;
  const what = `{ version, value }, or nothing where there is no row, and was given ${describeValue(state)}`;
  throw new UsageError("check", `must be given the state of the row as ${what}`);
}

const tooLate =
  "can't be given to check(): a repeat must be known before its handler runs. Give it to a `guard` or " +
  "`guarded` in front of the handler, whose check() then needs no options";

const none = {};

const resolved = new WeakMap<object, GuardSettings>();

/** Options that are given again with each request are checked once. */
function settingsFor<Native, State extends LoadedState>(options: GuardOptions<Native, State>): GuardSettings {
  const known = resolved.get(options);
  if (known !== undefined) return known;
  const settings = resolveGuard(options);
  resolved.set(options, settings);
  return settings;
}

async function passUnguarded<Native extends object>(
  request: RequestFacts<Native>,
  settings: GuardSettings,
): Promise<Passed> {
  const opened = await openExchange(settings, request);
  if (opened.kind === "refused") throw opened.exchange.error(opened);
  const { exchange, terms } = opened;
  const tally = createTally();
  const passage = new Passage(exchange, tally, undefined);
  const passed = { exchange, terms, passage, tally, idempotencyKey: undefined };
  rememberPassed(request.native, passed);
  return passed;
}
