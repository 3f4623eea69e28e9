import type { JsonObject } from "@unclash/core/json";
import { either, isFunction, isPromise, listOf, type OptionRule, oneOf } from "@unclash/core/options";
import type { Key } from "@unclash/core/store";
import type { Actor } from "../access/actor.js";
import { wrongOutcome } from "../options/callback-result.js";
import { watchPending } from "../options/pending-callbacks.js";
import { type StrategyName, strategyNames } from "../preconditions/preferences.js";
import { storedFields } from "../states/stored-json.js";

/** A write that came too late: it was made for `base`, and meanwhile the resource became `current`. */
export interface StaleWrite {
  readonly resource: Key;
  readonly method: "PUT" | "PATCH" | "DELETE";
  /** The fields, without `id` and version, of the state that the client named. */
  readonly base: JsonObject;
  readonly current: JsonObject;
  /** What the client wants: its PUT, or its patch applied to `base`; `null` for a DELETE. */
  readonly proposed: JsonObject | null;
  readonly actor: Actor | undefined;
}

/**
 * The outcome of a stale write. An accepted value is checked like any write: by the schema, references and rules. What
 * is parked waits, as an open conflict, until someone resolves it; `value` then takes the place of the proposal. For a
 * DELETE, `accept` deletes, `park` parks the deletion, and `value` is not looked at.
 */
export type Settlement =
  | { readonly kind: "accept"; readonly value?: JsonObject }
  | { readonly kind: "park"; readonly value?: JsonObject }
  | { readonly kind: "reject" };

/** A strategy of the app's own. It may run more than once for a write, when others write at the same time. */
export type StrategyFunction = (write: StaleWrite) => Settlement | Promise<Settlement>;

/**
 * What happens to a PUT, PATCH or DELETE that names an earlier version of a resource.
 *
 * - `reject`: a conflict.
 * - `last-write-wins`: it is applied over the current state.
 * - `first-write-wins`: a conflict that shows the current state.
 * - `merge`: a PUT or PATCH is merged three ways over the version that it names, and is a conflict where that leaves
 *   something open.
 * - `manual`: a conflict, which is parked until someone resolves it.
 * - a function decides.
 */
export type Strategy = StrategyName | StrategyFunction;

/** The option `strategy`. */
export const isStrategy: OptionRule = either(oneOf(...strategyNames), isFunction);

/** The option `allowedStrategies`. */
export const isAllowedStrategies: OptionRule = either(
  oneOf("all"),
  listOf(oneOf(...strategyNames), `strategies: ${strategyNames.join(", ")}`),
);

/**
 * Holds what a strategy of the app's gives against what it may give.
 *
 * @param callback its path of options: `collections.articles.conflicts.strategy`
 * @throws CallbackError, from what it makes
 */
export function checkedStrategy(callback: string, strategy: Strategy): Strategy {
  if (typeof strategy !== "function") return strategy;
  return async (write) => {
    const given: unknown = strategy(write);
    const waiting = (): string => `a stale ${write.method} of ${write.resource}`;
    const settlement = isPromise(given) ? await watchPending(callback, given, waiting) : given;
    if (isSettlement(settlement)) return recordable(callback, settlement);
    throw wrongOutcome(
      callback,
      '{ kind: "reject" }, or { kind: "accept" } or { kind: "park" } with or without a `value`, an object',
      settlement,
    );
  };
}

/** What is parked goes into the record as it is, and no schema sees it before. */
function recordable(callback: string, settlement: Settlement): Settlement {
  if (settlement.kind !== "park" || settlement.value === undefined) return settlement;
  return { kind: "park", value: storedFields(callback, settlement.value) };
}

function isSettlement(given: unknown): given is Settlement {
  if (typeof given !== "object" || given === null || !("kind" in given)) return false;
  if (given.kind === "reject") return true;
  const value = "value" in given ? given.value : undefined;
  const isKnown = given.kind === "accept" || given.kind === "park";
  return isKnown && (value === undefined || isValue(value));
}

function isValue(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isPromise(value);
}

/** Whether the conflicts of a strategy show the current state to who may read it. */
export function showsCurrent(strategy: Strategy): boolean {
  return strategy === "first-write-wins" || strategy === "merge" || strategy === "manual";
}

/** The field `Unclash-Conflict` of a write that was settled: a dictionary (RFC 9651 §3.2). */
export function settledField(strategy: string, conflictId: string | undefined): string {
  const id = conflictId === undefined ? "" : `id="${conflictId}", `;
  return `${id}status=resolved, strategy=${strategy}`;
}

/** The name of a strategy as clients and logs are told it. */
export function strategyLabel(strategy: Strategy): string {
  return typeof strategy === "function" ? "function" : strategy;
}
