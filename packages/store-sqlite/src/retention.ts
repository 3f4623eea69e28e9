import { keptPastOf, type Moment, type Retention } from "@unclash/core/store";
import type { Head } from "./head.js";

/** A retention as a head holds it. */
export type Keep = Pick<Head, "keepCount" | "keepAgeMs">;

/** Nothing has to go: both are `null`. */
export const keepAll: Keep = { keepCount: null, keepAgeMs: null };

export function keepOf(retention: Retention): Keep {
  const { count, ageMs } = keptPastOf(retention);
  return { keepCount: count, keepAgeMs: ageMs };
}

/** Whether no past state is kept at all, so that the log has nothing to hold. */
export function keepsNothing({ keepCount, keepAgeMs }: Keep): boolean {
  return keepCount === 0 && keepAgeMs === null;
}

/**
 * When `clean` should look at a key, once `before` is followed by a state of this version. Where it has to look at all,
 * it finds out by itself what may go, and when the rest may.
 */
export function cleanAtOf(keep: Keep, version: number, before: Head | undefined): Moment | null {
  if (before === undefined) return null;
  const { cleanAt, position } = before;
  if (keep.keepCount === null) return cleanAt;
  const logged = position !== null || !keepsNothing(keep);
  if (keep.keepCount !== before.keepCount || keep.keepAgeMs !== before.keepAgeMs) return logged ? 0 : cleanAt;
  const pastStates = version - 1;
  return cleanAt ?? (logged && pastStates > keep.keepCount ? 0 : null);
}

/**
 * How many of the past states of a key may go at this moment, at most `countMax`, and when to look at it again.
 *
 * @param states the oldest past states, and at least the one that follows the last of `countMax`
 * @param pastCount how many past states there are; anything above `keepCount` and `countMax` together will do for more
 */
export function removableOf(
  { keepCount, keepAgeMs }: Keep,
  states: readonly { readonly modifiedAt: Moment }[],
  pastCount: number,
  countMax: number,
  now: Moment,
): { readonly removable: number; readonly cleanAt: Moment | null } {
  let removable = 0;
  if (keepCount === null) return { removable, cleanAt: null };
  while (removable < countMax) {
    if (pastCount - removable <= keepCount) return { removable, cleanAt: null };
    const endedAt = states[removable + 1]?.modifiedAt ?? now;
    if (keepAgeMs !== null && endedAt + keepAgeMs > now) return { removable, cleanAt: endedAt + keepAgeMs };
    removable++;
  }
  return { removable, cleanAt: removable < pastCount ? 0 : null };
}
