import type { Commit } from "./port.js";
import type { Moment, Retention } from "./record.js";

/**
 * A retention as columns hold it: how many past states to keep and for how long; both are `null` where all are kept.
 */
export interface KeptPast {
  readonly count: number | null;
  readonly ageMs: number | null;
}

/** What a retention keeps. An age alone keeps no count, and nothing is a count of 0. */
export function keptPastOf(retention: Retention = "all"): KeptPast {
  if (retention === "all") return { count: null, ageMs: null };
  if (retention === "none") return { count: 0, ageMs: null };
  return { count: retention.count ?? 0, ageMs: retention.ageMs ?? null };
}

/**
 * The `modifiedAt` of a state that a commit writes over another. Two that expect no particular state may commit in
 * another order than they read the time: it never falls all the same.
 */
export function modifiedAtOver(
  before: { readonly modifiedAt: Moment } | undefined,
  { at }: Pick<Commit, "at">,
): Moment {
  return before === undefined ? at : Math.max(at, before.modifiedAt + 1);
}
