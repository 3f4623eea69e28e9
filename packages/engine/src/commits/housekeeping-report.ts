import { channel } from "node:diagnostics_channel";
import type { KindStep } from "./lapsed-walk.js";

/** What housekeeping did of one kind of records in a round, and what waits. */
export type KindReport = Omit<KindStep, "more">;

/** One round of housekeeping: a step of cleaning, and one for each kind of records that lapse. */
export interface HousekeepingReport {
  readonly kind: "housekeeping";
  /** How many past states and events went that no retention asks for. */
  readonly cleaned: number;
  /** Whether there is more to clean. */
  readonly moreToClean: boolean;
  readonly lapsed: readonly KindReport[];
  readonly durationMs: number;
}

/** The diagnostics channel on which each round is published, by the process that does the housekeeping of its store. */
export const housekeepingChannel = "unclash:housekeeping";

const rounds = channel(housekeepingChannel);

/** Whether anyone wants to know: reports are not even made where nobody does. */
export function isHousekeepingObserved(): boolean {
  return rounds.hasSubscribers;
}

export function publishHousekeeping(report: HousekeepingReport): void {
  rounds.publish(report);
}
