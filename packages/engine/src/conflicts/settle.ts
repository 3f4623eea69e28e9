import { type Conditions, evaluatePreconditions, type FailedCondition } from "@unclash/core";
import type { JsonObject } from "@unclash/core/json";
import type { Refused } from "../http/refusal.js";
import { isForAnyState } from "../preconditions/named-state.js";
import { currentState, type SelectedState } from "../states/selected-state.js";
import type { Settlement, Strategy, StrategyFunction } from "./strategy.js";

/** A write whose precondition failed. */
export interface FailedWrite<State extends SelectedState> {
  readonly method: string;
  readonly strategy: Strategy;
  readonly conditions: Conditions;
  readonly failed: FailedCondition;
  readonly current: State | undefined;
}

/** How a product finds the merge base of a stale write, and what a function of the app's says of it. */
export interface StaleWriteSource<State extends SelectedState, Base> {
  /** The earlier state that the client named, where this resource really had it. */
  findBase(current: State): Promise<Base | undefined>;
  /** Asks a strategy of the app's own; nothing where it can't be asked. */
  ask(strategy: StrategyFunction, base: Base, current: State): Promise<Settlement | Refused | undefined>;
}

/** The outcome of a write whose precondition failed. */
export type Settled<Base> =
  /** It is applied over the current state, with the strategy's own value where it gives one. */
  | {
      readonly kind: "accepted";
      readonly strategy: Strategy;
      readonly base: Base;
      readonly value: JsonObject | undefined;
    }
  /** It is a conflict; `strategy` is the one that decided it. */
  | { readonly kind: "rejected"; readonly strategy: Strategy; readonly base: Base | undefined }
  | Refused;

/**
 * Lets the strategy decide on a write whose precondition failed. It has a say only where the client named an earlier
 * state that this resource really had; anything else is a conflict.
 */
export async function settle<State extends SelectedState, Base>(
  write: FailedWrite<State>,
  source: StaleWriteSource<State, Base>,
): Promise<Settled<Base>> {
  const { strategy, current } = write;
  const base = current !== undefined && isStale(write, current) ? await source.findBase(current) : undefined;
  if (base === undefined || current === undefined) {
    // A strategy that had no say leaves a plain refusal, whatever its name.
    return { kind: "rejected", strategy: strategy === "first-write-wins" ? strategy : "reject", base: undefined };
  }
  if (strategy === "last-write-wins") return { kind: "accepted", strategy, base, value: undefined };
  const settlement = typeof strategy === "function" ? await source.ask(strategy, base, current) : undefined;
  if (settlement?.kind === "refused") return settlement;
  if (settlement?.kind === "accept") return { kind: "accepted", strategy, base, value: settlement.value };
  return { kind: "rejected", strategy, base };
}

/**
 * Whether it names a state, and `If-None-Match` holds besides: who may only create must not come to change anything.
 */
function isStale(
  { method, conditions: { ifNoneMatch }, failed }: FailedWrite<SelectedState>,
  current: SelectedState,
): boolean {
  if (failed !== "if-match" && failed !== "version" && failed !== "etag") return false;
  if (ifNoneMatch === undefined) return true;
  return evaluatePreconditions(method, { ifNoneMatch }, currentState(current)).kind === "proceed";
}

/**
 * Whether a write that has lost a race is applied all the same: it is for whatever state there is, or the state that it
 * names was there until now, and under last-write-wins it is as good over the next one.
 */
export function isAppliedAnyway(conditions: Conditions, strategy: Strategy): boolean {
  return isForAnyState(conditions) || (strategy === "last-write-wins" && conditions.ifNoneMatch === undefined);
}
