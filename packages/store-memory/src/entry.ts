import {
  hasLapsed,
  type IndexValue,
  type Key,
  type Moment,
  type Retention,
  type StoredRecord,
} from "@unclash/core/store";

/** All that the store holds under one key. Its records are made once and shared with all who read them. */
export interface Entry {
  readonly key: Key;
  /** The current state, as it was written: never marked as lapsed. */
  current: StoredRecord;
  /** The same, marked, once someone has read it lapsed. */
  marked: StoredRecord | undefined;
  /** The states before it, the oldest first. */
  readonly past: StoredRecord[];
  /** What the last put asked for. */
  keep: Retention;
  index: readonly IndexValue[];
  /** Where the entry stands in the agenda of `clean`. */
  cleanableAt: Moment | undefined;
}

/** The current state as it is read at this moment: marked where it has lapsed. */
export function asRead(entry: Entry, now: Moment): StoredRecord {
  if (!hasLapsed(entry.current, now)) return entry.current;
  entry.marked ??= { ...entry.current, lapsed: true };
  return entry.marked;
}
