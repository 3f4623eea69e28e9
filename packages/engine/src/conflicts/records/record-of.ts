import { conflictingPointers, diffJson } from "@unclash/core/json";
import type { Moment } from "@unclash/core/store";
import { comparedBytesMax } from "../conflict.js";
import type { StaleStates } from "../merge-states.js";
import { type Strategy, strategyLabel } from "../strategy.js";
import type { ConflictRecord, RecordedState } from "./record.js";

/** A late write, as its record tells of it. */
export interface LateWrite<State extends LargeState> {
  readonly strategy: Strategy;
  readonly base: State;
  readonly current: State;
  /** What a merge has left open, by JSON Pointers. @default what both have changed */
  readonly clashing?: readonly string[] | undefined;
}

/** A state that may be too large to be compared. */
interface LargeState {
  exceeds(bytes: number): boolean;
}

/** What of a record only the product knows whose resource it is about. */
interface OwnFacts extends Pick<ConflictRecord, "guard" | "resource" | "proposed" | "shape" | "by" | "keepMs"> {
  readonly origin: ConflictRecord["origin"];
  readonly now: Moment;
  readonly recorded: { readonly base: RecordedState; readonly current: RecordedState };
  /** The fields of the states, as they are compared. */
  readonly states: () => Pick<StaleStates, "base" | "current" | "proposed">;
}

/** The record of a late write. */
export function recordOf<State extends LargeState>(
  { strategy, base, current, clashing }: LateWrite<State>,
  { origin, now, recorded, states, by, ...own }: OwnFacts,
): ConflictRecord {
  const isSettled = origin === "settled";
  const isLarge = base.exceeds(comparedBytesMax) || current.exceeds(comparedBytesMax);
  return {
    ...own,
    ...recorded,
    state: isSettled ? "resolved" : "open",
    origin,
    strategy: strategyLabel(strategy),
    // Nothing is said where that costs too much.
    clashing: clashing ?? (isLarge ? [] : bothChanged(states())),
    by,
    detectedAt: now,
    count: 1,
    ...(isSettled && { resolution: { kind: strategyLabel(strategy), by, at: now } }),
  };
}

/** What both have changed, by JSON Pointers. */
function bothChanged({ base, current, proposed }: ReturnType<OwnFacts["states"]>): readonly string[] {
  const mine = proposed === null ? ([{ op: "remove", path: "" }] as const) : diffJson(base, proposed);
  return conflictingPointers(diffJson(base, current), mine, base);
}
