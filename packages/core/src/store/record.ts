/** JSON text, exactly as it will be served. A store never parses, reorders or re-encodes it. */
export type Text = string;

/** 96 random bits in base64url (16 characters), made by the engine, one for each commit. */
export type Tag = string;

/**
 * The name of a record: segments joined by `/`, such as `articles/1`. Its parent is all up to and with the last `/`.
 * At most 1,024 bytes of UTF-8, without control characters.
 */
export type Key = string;

/** Counts the writes of one key, deletions too: 1, 2, 3, … Never restarts, unless the record is forgotten. */
export type Version = number;

/**
 * Orders commits: a whole number that grows with each write of a key and along dependent commits. Gaps are normal.
 * Never compare those of two keys.
 */
export type Revision = number;

/**
 * Whole milliseconds since 1970 in UTC, by the store's clock, which may step back: the clocks of app nodes disagree.
 */
export type Moment = number;

/** The name that the app gave to whoever acted; `null` is anonymous. */
export type Actor = string | null;

/** What made a write: `create`, `replace`, `patch`, `delete`, `rollback`, `merge`, `transaction`, `resolution`, … */
export type Cause = string;

/**
 * How much of a key's past the store keeps: a lower bound, since cleaning happens later, never inside a commit. That of
 * the newest put holds for the whole past; a tombstone inherits it.
 */
export type Retention =
  | "all"
  /** No past state at all; a store need not even write one. */
  | "none"
  /**
   * Past states beyond all bounds given may go: the newest `count` stay, the current one not counted, and whatever was
   * current in the last `ageMs`. A count that is not given is 0. At least one is given.
   */
  | { readonly count?: number; readonly ageMs?: number };

/** One state of a record: the current one, or a past one from the history. */
export interface StoredRecord {
  readonly key: Key;
  readonly version: Version;
  readonly revision: Revision;
  readonly tag: Tag;
  /** `null`: a tombstone, or, in a page without texts, a text that was not asked for (see `deleted`). */
  readonly text: Text | null;
  /** This state is a tombstone. */
  readonly deleted?: true;
  /**
   * The `at` of the commit that wrote the record first, or first after its tombstone. What is put over a lapsed record
   * goes on with its version and this.
   */
  readonly createdAt: Moment;
  /**
   * The `at` of the commit that wrote this state, or 1 ms after the state before where that is later: it never falls.
   */
  readonly modifiedAt: Moment;
  /** From this moment on the record counts as lapsed. */
  readonly lapsesAt?: Moment;
  /**
   * On a current state: it had lapsed, by the store's clock, when it was read. It stays readable until it is written
   * over.
   */
  readonly lapsed?: true;
  readonly by: Actor;
  readonly cause: Cause;
}
