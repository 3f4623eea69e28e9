import { type Conditions, evaluatePreconditions, type FailedCondition, type ProblemEntry } from "@unclash/core";
import type { JsonObject } from "@unclash/core/json";
import type { Clash } from "@unclash/core/merge";
import type { Refused } from "../http/refusal.js";
import { isForAnyState } from "../preconditions/named-state.js";
import { currentState, type SelectedState } from "../states/selected-state.js";
import { type MergeSettings, mergeStates, type StaleStates } from "./merge-states.js";
import type { Settlement, Strategy, StrategyFunction } from "./strategy.js";

/** A write whose precondition failed. */
export interface FailedWrite<State extends SelectedState> {
  readonly method: string;
  readonly strategy: Strategy;
  readonly merging: MergeSettings;
  readonly conditions: Conditions;
  readonly failed: FailedCondition;
  readonly current: State | undefined;
}

/** The earlier state that a write was made for, as far as it is still known. */
export type FoundBase<Base> =
  | { readonly kind: "found"; readonly base: Base }
  /** The resource may have had it, and does not keep it any more. */
  | { readonly kind: "gone" }
  | { readonly kind: "unknown" };

/** How a product finds what a strategy has to look at. */
export interface StaleWriteSource<State extends SelectedState, Base> {
  /** The earlier state that the client named, where this resource really had it. */
  findBase(current: State): Promise<FoundBase<Base>>;
  /** The states themselves; nothing where the app does not show them. */
  statesOf(base: Base, current: State, strategy: Strategy): Promise<StaleStates | Refused | undefined>;
  /** Asks a strategy of the app's own. */
  ask(strategy: StrategyFunction, states: StaleStates): Promise<Settlement>;
}

/** The outcome of a write whose precondition failed; `strategy` is the one that decided it. */
export type Settled<Base> =
  /** It is applied over the current state, with the strategy's own value where it gives one. */
  | {
      readonly kind: "accepted";
      readonly strategy: Strategy;
      readonly base: Base;
      readonly states: StaleStates | undefined;
      readonly value: JsonObject | undefined;
    }
  /** It is a conflict that waits for someone to resolve it. */
  | { readonly kind: "parked"; readonly strategy: Strategy; readonly base: Base; readonly states: StaleStates }
  | RejectedWrite<Base>
  | Refused;

/** A write whose precondition failed, and which is a conflict. */
export interface RejectedWrite<Base> {
  readonly kind: "rejected";
  readonly strategy: Strategy;
  readonly base: Base | undefined;
  /** The state that it was made for is no longer kept, so that the strategy had no say. @default false */
  readonly isBaseGone?: boolean;
  /** What a merge has left open. */
  readonly clashes?: readonly Clash[];
  readonly faults?: readonly ProblemEntry[];
}

/**
 * Lets the strategy decide on a write whose precondition failed. It has a say only where the client named an earlier
 * state that this resource really had; anything else is a conflict.
 */
export async function settle<State extends SelectedState, Base>(
  write: FailedWrite<State>,
  source: StaleWriteSource<State, Base>,
): Promise<Settled<Base>> {
  const { strategy, current } = write;
  const found = current !== undefined && isStale(write, current) ? await source.findBase(current) : unknownBase;
  if (found.kind !== "found" || current === undefined) {
    // A strategy that had no say leaves a plain refusal, whatever its name.
    const refusing = strategy === "first-write-wins" ? strategy : "reject";
    return { kind: "rejected", strategy: refusing, base: undefined, isBaseGone: found.kind === "gone" };
  }
  const { base } = found;
  if (strategy === "last-write-wins") return { kind: "accepted", strategy, base, states: undefined, value: undefined };
  const rejected: RejectedWrite<Base> = { kind: "rejected", strategy, base };
  if (strategy === "reject" || strategy === "first-write-wins") return rejected;
  const states = await source.statesOf(base, current, strategy);
  if (states === undefined) return rejected;
  if ("kind" in states) return states;
  const settlement = typeof strategy === "function" ? await source.ask(strategy, states) : byName(strategy, states);
  if (settlement === "merge") return merged(write, rejected, base, states);
  switch (settlement.kind) {
    case "accept":
      return { kind: "accepted", strategy, base, states, value: settlement.value };
    case "park": {
      const { value } = settlement;
      const proposed = states.proposed === null ? null : (value ?? states.proposed);
      return { kind: "parked", strategy, base, states: { ...states, proposed } };
    }
    default:
      return states.faults === undefined ? rejected : { ...rejected, faults: states.faults };
  }
}

const unknownBase = { kind: "unknown" } as const;

/** What can't be written is neither merged nor parked: its sender is told what is wrong with it. */
function byName(strategy: "merge" | "manual", { faults, proposed }: StaleStates): Settlement | "merge" {
  if (faults !== undefined) return { kind: "reject" };
  if (strategy === "manual") return { kind: "park" };
  return proposed === null ? { kind: "reject" } : "merge";
}

function merged<Base>(
  { strategy, merging }: Pick<FailedWrite<SelectedState>, "strategy" | "merging">,
  rejected: RejectedWrite<Base>,
  base: Base,
  states: StaleStates,
): Settled<Base> {
  const outcome = mergeStates(states, merging);
  if (outcome.kind === "clashes") return { ...rejected, clashes: outcome.clashes };
  return { kind: "accepted", strategy, base, states, value: outcome.value };
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
 * names was there until now, and under these strategies it is as good over the next one, as far as a merge can tell.
 */
export function isAppliedAnyway(conditions: Conditions, strategy: Strategy): boolean {
  const goesOn = strategy === "last-write-wins" || strategy === "merge";
  return isForAnyState(conditions) || (goesOn && conditions.ifNoneMatch === undefined);
}
