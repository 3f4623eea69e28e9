import type { AnyDecision } from "../observing/observer.js";
import type { KindStep } from "./lapsed-walk.js";

/** What a round of housekeeping did for one kind of records, and what waits. */
export type KindReport = Omit<KindStep, "more">;

/**
 * One round of housekeeping: a step of cleaning, and one for each kind of records that lapse. It comes from the process
 * that does the housekeeping of its store, about once a second, and more often while there is much to do.
 */
export interface HousekeepingDecision extends AnyDecision {
  readonly kind: "housekeeping";
  /** How many past states and events went that no retention asks for. */
  readonly cleaned: number;
  /** Whether there is more to clean. */
  readonly moreToClean: boolean;
  /** By kind. `waiting` and `lagMs` tell whether it keeps up. */
  readonly lapsed: readonly KindReport[];
  /** How long the round took, its pauses included, in milliseconds. */
  readonly durationMs: number;
}
