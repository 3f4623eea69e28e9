import type { Page, Range } from "./range.js";
import type { Actor, Cause, Key, Moment, Retention, Revision, StoredRecord, Tag, Text, Version } from "./record.js";

/**
 * The port between unclash and whatever remembers things for it.
 *
 * A store knows compare-and-set and no policy. Everything is a record under a key: a resource, a lock, an idempotency
 * key, a limit's state. A write is compared by `tag`, counted by `version`, and ordered by `revision`.
 */

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

/** A value under which a record can be looked up. Values are compared as bytes of UTF-8. */
export interface IndexValue {
  /** At most 128 bytes of UTF-8, without control characters. */
  readonly name: string;
  /** At most 512 bytes of UTF-8, without U+0000; whoever has longer ones puts their hash. */
  readonly value: string;
  /**
   * No other living or lapsed record may hold the same value under the same name. All values of a name are unique, or
   * none is; what a store does where they are mixed is undefined.
   */
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
  /**
   * A renewal: the record lapses this long after the commit; text, version, revision and tag stay. Clashes on nothing.
   */
  | { readonly extendMs: number }
  /**
   * The one change of a past state: the text of `version` is replaced and its tag becomes the commit's; all else of it
   * stays. `expect` is about the current state. Clashes where that version is not there, or is a tombstone. The old
   * bytes may stay on the disk until the engine underneath clears up.
   */
  | { readonly redact: Text; readonly version: Version };

/** What a commit has read and relies on, without writing it. */
export type Reading =
  | { readonly key: Key; readonly expect: Expectation }
  /**
   * The range still holds exactly these, in this order. Only for a `prefix`, in either direction. Texts are not looked
   * at: who relies on a page that ended before its `limit` gives the number of its records as the `limit`.
   */
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

/**
 * All or nothing: every expectation holds, or nothing is written. At most 512 readings, 256 writes and 256 events.
 * Texts, names and data are well-formed Unicode without U+0000.
 */
export interface Commit {
  /**
   * Becomes the tag of every record that is written. Whoever tries a commit again after an unknown outcome uses the
   * same tag: the first try may still be on its way, and a clash with a record of this very tag then means that it
   * arrived.
   */
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

/** Why a commit was refused: what is there instead. */
export type Clash =
  | {
      readonly key: Key;
      /** Without its text, which is `null`; absent where nothing is there. */
      readonly current?: StoredRecord;
      /** The expectation holds; it is this version, to be redacted, that is not there. */
      readonly version?: Version;
    }
  | { readonly index: string; readonly value: string; readonly key: Key; readonly holder: Key }
  | { readonly range: Range };

export type CommitResult =
  /** One record for each write, in the order of the writes; `null` for what was forgotten. */
  | { readonly kind: "committed"; readonly records: readonly (StoredRecord | null)[] }
  /** Nothing was written. Every expectation that failed is named; where all hold, every unique value that is taken. */
  | { readonly kind: "clash"; readonly clashes: readonly Clash[] };

/** One consistent view: the records in the order of the keys asked for, and the store's time. */
export interface Snapshot {
  readonly now: Moment;
  readonly records: readonly (StoredRecord | undefined)[];
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

/**
 * States of one key, the newest first, the current one among them. Its texts are bounded like those of a {@link Page}.
 */
export interface HistoryPage {
  readonly now: Moment;
  readonly records: readonly StoredRecord[];
  /**
   * There are more of the states that were asked for than the page holds, because its texts came to about 8 MiB
   * (`pageBytesMax`) before its `limit`: go on with `before` its last version.
   */
  readonly more?: true;
}

/**
 * A place in the store's events: that of an event, or one between two. Only the store that gave it knows what it means;
 * its events' cursors grow, compared as strings. At most 128 characters of `[\w.-]`, so that it can be the id of a
 * server-sent event. Two words stand for places: `start` is before the oldest event that is kept, `now` behind the
 * newest.
 */
export type Cursor = string;

/** An event as it is followed. */
export interface StoredEvent extends NewEvent {
  /** Its place, the same each time that it is followed: go on after it. */
  readonly cursor: Cursor;
  /** That of the commit that it came with, as are `tag` and `at`. */
  readonly revision: Revision;
  readonly tag: Tag;
  readonly at: Moment;
}

/**
 * Events may be missing before this place: the log does not reach back to where it was to go on, or that is no place
 * of this log (another store's cursor, one from before a backup was restored, one whose event a failover lost).
 */
export interface Reset {
  /** Where it goes on: the end of the log at that moment. */
  readonly reset: Cursor;
}

/** Ends what goes on for long; an `AbortSignal` is one. */
export interface StopSignal {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** What a step of cleaning did. */
export interface CleaningStep {
  /** How many rows it removed. */
  readonly removed: number;
  /** Whether there is more to remove. */
  readonly more: boolean;
}

/** What a store can promise. Declared, never sniffed. */
export interface Capabilities {
  /**
   * What an acknowledged commit survives: `none` a crash of this process, `process` but not of the machine, `fsync`
   * both.
   */
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
  /**
   * Rejects with `StoreError` where I/O broke; its `outcome` tells whether the commit may have been applied. Where that
   * is unknown, its tag in a record or its history means that it was. That its tag is nowhere means nothing where a
   * later write keeps no past, nor for renewals, for what was forgotten, and for events alone.
   */
  commit(commit: Commit): Promise<CommitResult>;
  /** Each page is one consistent view; a walk over pages is not. */
  list(range: Range): Promise<Page>;
  history(key: Key, request: HistoryRequest): Promise<HistoryPage>;
  /**
   * The events behind `after`, and then those to come, until `stop` or `close`: none is skipped, those of one key come
   * in the order of its commits, and those of one commit in theirs. A commit of any process appears within about a
   * second.
   *
   * Where the log does not reach back to `after`, or does not know it, a {@link Reset} comes first, and it goes on at
   * the end of the log; so too where a slow follower is overtaken by `clean`. After `now` a `Reset` comes first as
   * well, and says where that is. Throws `StoreError` where I/O broke: follow again, after the last event that came.
   *
   * Opened once a process; whoever needs more readers fans it out.
   */
  follow(after: Cursor, stop: StopSignal): AsyncIterable<StoredEvent | Reset>;
  /**
   * Calls `wake` after commits of any process, until the function that it returns is called, or `close`. It is a hint:
   * it may come late (by about a second), twice or never, in no order. It names keys that were written; none means that
   * any may have been. Whoever waits for something also looks by itself now and then.
   */
  watch(wake: (keys: readonly Key[]) => void): () => void;
  /**
   * Removes what no retention asks for, and events that are older than 25 hours, in one short step of at most `budget`
   * rows.
   */
  clean(budget: number): Promise<CleaningStep>;
  /** Ends the store; what was acknowledged is safe. Calling it again does nothing. */
  close(): Promise<void>;
}
