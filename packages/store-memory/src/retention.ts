import type { Moment } from "@unclash/core/store";
import type { Entry } from "./entry.js";

/**
 * From when on no retention asks for the past state at this index, counted from the oldest; `undefined` where one does
 * until more is written. A state was current until the next one was written.
 */
export function cleanableAt(entry: Entry, index: number): Moment | undefined {
  const { keep, past } = entry;
  if (keep === "all" || index >= past.length) return undefined;
  if (keep === "none") return 0;
  if (past.length - index <= (keep.count ?? 0)) return undefined;
  if (keep.ageMs === undefined) return 0;
  const next = past[index + 1] ?? entry.current;
  return next.modifiedAt + keep.ageMs;
}
