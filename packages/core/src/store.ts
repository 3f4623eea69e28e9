/**
 * The port between unclash and whatever remembers things for it.
 *
 * A store knows compare-and-set and no policy. Everything is a record under a key: a resource, a lock, an idempotency
 * key, a limit's state. A write is compared by `tag`, counted by `version`, and ordered by `revision`.
 */

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

/** Whole milliseconds since 1970 in UTC, by the store's clock: the clocks of app nodes disagree. */
export type Moment = number;

/** The name that the app gave to whoever acted; `null` is anonymous. */
export type Actor = string | null;

/** What made a write: `create`, `replace`, `patch`, `delete`, `rollback`, `merge`, `transaction`, `resolution`, … */
export type Cause = string;

/** How much of a key's past the store keeps. A lower bound: cleaning happens later, never inside a commit. */
export type Retention =
  | "all"
  | "none"
  /** Past states beyond both bounds may go: the newest `count` stay, and whatever was current in the last `ageMs`. */
  | { readonly count?: number; readonly ageMs?: number };

/** One state of a record: the current one, or a past one from the history. */
export interface StoredRecord {
  readonly key: Key;
  readonly version: Version;
  readonly revision: Revision;
  readonly tag: Tag;
  /** `null`: a tombstone, or, in a history page without texts, a text that was not asked for (see `deleted`). */
  readonly text: Text | null;
  /** This state is a tombstone. */
  readonly deleted?: true;
  /** When the record was first written, or first written again after its tombstone. */
  readonly createdAt: Moment;
  /** The `at` of the commit that wrote this state. */
  readonly modifiedAt: Moment;
  /** From this moment on the record counts as lapsed. */
  readonly lapsesAt?: Moment;
  /** The record had lapsed, by the store's clock, when it was read. It stays readable until it is written over. */
  readonly lapsed?: true;
  readonly by: Actor;
  readonly cause: Cause;
}

/**
 * What must hold for a key at the moment of the commit. A record is alive when it exists, is no tombstone and has not
 * lapsed by the store's clock at that moment.
 *
 * - `"any"`: whatever is there.
 * - `"absent"`: nothing is there, not even a tombstone or a lapsed record.
 * - `"present"`: a living record.
 * - `{ tag }`: the living record with this tag.
 * - `{ gone }`: the tombstone with this tag. So what is made in a tombstone's place knows its version beforehand.
 * - `{ lapsed }`: the record with this tag, lapsed.
 */
export type Expectation =
  | "any"
  | "absent"
  | "present"
  | { readonly tag: Tag }
  | { readonly gone: Tag }
  | { readonly lapsed: Tag };

/** A value under which a record can be looked up. Values are compared as bytes of UTF-8, at most 1,024 of them. */
export interface IndexValue {
  readonly name: string;
  readonly value: string;
  /** No other living or lapsed record may hold the same value under the same name. */
  readonly unique?: boolean;
}

/** A write of one key: what must hold, and what to do. */
export type Write = { readonly key: Key; readonly expect: Expectation } & WriteAction;

export type WriteAction =
  | {
      readonly put: Text;
      /** The record lapses this long after the commit, by the store's clock. Without it, never. */
      readonly ttlMs?: number;
      /** How much of the key's past to keep. @default "all" */
      readonly keep?: Retention;
      /** Replaces the record's earlier set of index values; without it, the record has none. */
      readonly index?: readonly IndexValue[];
    }
  /** `tombstone` is one more version; `forget` leaves nothing of the record or its history. Both drop index values. */
  | { readonly delete: "tombstone" | "forget" }
  /** A renewal: the record lapses this long after the commit; text, version, revision and tag stay. */
  | { readonly extendMs: number }
  /** The one change of a past state: the text of `version` is replaced and its tag becomes the commit's. */
  | { readonly redact: Text; readonly version: Version };

/** A set of records in a fixed order. Tombstones are never in it; lapsed records are, marked. */
export type Range = (
  | { /** Ends in `/`: the records whose parent this is, by key. */ readonly prefix: string }
  | {
      /** By value, then key; both bounds included. */ readonly index: string;
      readonly from: string;
      readonly to: string;
    }
  | {
      /** The records that lapsed before this moment, by the moment they lapsed, then key. */ readonly lapsedBefore: Moment;
    }
) & {
  /** Go on after the page that gave this as its `next`. */
  readonly after?: string;
  /** At most this many records, from 1 to 1,000. */
  readonly limit: number;
};

/** What a commit has read and relies on, without writing it. */
export type Reading =
  | { readonly key: Key; readonly expect: Expectation }
  /** The range still holds exactly these, in this order. Only for a `prefix`. */
  | { readonly range: Range; readonly seen: readonly { readonly key: Key; readonly tag: Tag }[] };

/** Something that others may follow. It names a version and never holds it. */
export interface NewEvent {
  /** Such as `resource.changed`. */
  readonly type: string;
  /** Whom it is about. */
  readonly key: Key;
  readonly version?: Version;
  /** JSON text of at most 8 KiB. */
  readonly data?: Text;
}

/** All or nothing: every expectation holds, or nothing is written. */
export interface Commit {
  /** Becomes the tag of every record that is written. */
  readonly tag: Tag;
  /** Becomes `modifiedAt`: the larger of the snapshot's `now` and 1 ms after the newest `modifiedAt` written over. */
  readonly at: Moment;
  readonly reads: readonly Reading[];
  /** A key stands here at most once. */
  readonly writes: readonly Write[];
  readonly events: readonly NewEvent[];
  readonly by: Actor;
  readonly cause: Cause;
}

/** Why a commit was refused: what is there instead. `current` is absent where nothing is. */
export type Clash =
  | { readonly key: Key; readonly current?: StoredRecord }
  | { readonly index: string; readonly value: string; readonly key: Key; readonly holder: Key }
  | { readonly range: Range };

export type CommitResult =
  /** One record for each write, in the order of the writes; `null` for what was forgotten. */
  | { readonly kind: "committed"; readonly records: readonly (StoredRecord | null)[] }
  /** Nothing was written. Every expectation that failed is named. */
  | { readonly kind: "clash"; readonly clashes: readonly Clash[] };

/** One consistent view: the records in the order of the keys asked for, and the store's time. */
export interface Snapshot {
  readonly now: Moment;
  readonly records: readonly (StoredRecord | undefined)[];
}

export interface Page {
  readonly now: Moment;
  readonly records: readonly StoredRecord[];
  /** Where the next page begins; absent on the last one. */
  readonly next?: string;
}

export interface HistoryRequest {
  /** Only states with a smaller version. */
  readonly before?: Version;
  /** Only states that were there at this moment or earlier. */
  readonly at?: Moment;
  /** At most this many states, from 1 to 1,000. */
  readonly limit: number;
  /** Whether to fetch the texts. */
  readonly texts: boolean;
}

/** States of one key, the newest first, the current one among them. */
export interface HistoryPage {
  readonly now: Moment;
  readonly records: readonly StoredRecord[];
}

/** What a store can promise. Declared, never sniffed. */
export interface Capabilities {
  /** What an acknowledged commit survives: `none` a crash of this process, `process` but not of the machine, `fsync` both. */
  readonly durability: "none" | "process" | "fsync";
  /** Whether acknowledged commits survive a failover to another node. */
  readonly failover: "safe" | "lossy";
  /** Who may use one set of data at once: one process, the processes of one host, or of many. */
  readonly processes: "one" | "host" | "many";
}

/** A store. Its methods reject with `StoreError` when I/O broke, and never because of what a client sent. */
export interface Store {
  readonly capabilities: Capabilities;
  /** At most 256 keys. Lapsed records and tombstones come too, marked. */
  read(keys: readonly Key[]): Promise<Snapshot>;
  /** Rejects with `StoreError` where I/O broke; its `outcome` tells whether the commit may have been applied. */
  commit(commit: Commit): Promise<CommitResult>;
  /** Each page is one consistent view; a walk over pages is not. */
  list(range: Range): Promise<Page>;
  history(key: Key, request: HistoryRequest): Promise<HistoryPage>;
  /** Removes what no retention asks for, in one short step of at most `budget` rows. */
  clean(budget: number): Promise<{ readonly removed: number; readonly more: boolean }>;
  /** Ends the store; what was acknowledged is safe. Calling it again does nothing. */
  close(): Promise<void>;
}
