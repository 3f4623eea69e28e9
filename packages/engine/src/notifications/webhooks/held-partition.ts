import { isStoreError, StoreError } from "@unclash/core";
import type { Cursor, Key, Reading, Store, StoredRecord, Tag, Text, Write } from "@unclash/core/store";
import { commitOf } from "../../commits/commit-parts.js";
import { createTag } from "../../commits/commit-tag.js";
import { internalRecords } from "../../commits/internal-records.js";
import type { Pace } from "../../commits/pace.js";
import { warnOfStore } from "../../commits/store-failure.js";
import type { PartitionLease } from "./partition-lease.js";
import type { StoreClock } from "./store-clock.js";

/** The key of the record of the place up to which the events of a partition are recorded. */
export function cursorKey(partition: string): Key {
  return `${internalRecords.partitions.prefix}${partition}/cursor`;
}

const format = 1;

export function cursorText(place: Cursor): Text {
  return JSON.stringify({ format, place });
}

/** @throws StoreError for a text that this release has not written */
export function readCursor({ text }: Pick<StoredRecord, "text">): Cursor {
  const value: unknown = JSON.parse(text ?? "null");
  const place: unknown = Reflect.get(Object(value), "place");
  if (Reflect.get(Object(value), "format") === format && typeof place === "string") return place;
  throw new StoreError("The record of a partition's cursor is none that this release has written.", "not-applied");
}

/** A record that this release can't read: a process of a newer one has to deliver for its partition. */
export class UnreadableRecord extends Error {
  override readonly name = "UnreadableRecord";
}

/** @throws UnreadableRecord for what a newer release has written */
export function readOwn<Value>(record: StoredRecord, read: (record: StoredRecord) => Value): Value {
  try {
    return read(record);
  } catch (cause) {
    throw new UnreadableRecord(`${record.key}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** How a write of the holder ended. `lost`: the partition is another's, or the process ends. */
export type HolderResult =
  | { readonly kind: "committed"; readonly tag: Tag }
  | { readonly kind: "clash"; readonly keys: ReadonlySet<Key> }
  | { readonly kind: "lost" };

/** How long to wait after a failure of the store, in milliseconds: twice as long each time. */
const retryMs = { first: 100, max: 2_000 };

/** The right to write for a partition, as long as its lease holds. */
export class HeldPartition {
  readonly lease: PartitionLease;
  readonly store: Store;
  readonly clock: StoreClock;
  /** Aborted once the partition is no longer this process's. */
  readonly ended: AbortSignal;
  readonly #end: AbortController;
  readonly pace: Pace;

  constructor(
    lease: PartitionLease,
    { store, clock, pace }: { readonly store: Store; readonly clock: StoreClock; readonly pace: Pace },
  ) {
    this.lease = lease;
    this.store = store;
    this.clock = clock;
    this.pace = pace;
    this.#end = new AbortController();
    this.ended = this.#end.signal;
  }

  get name(): string {
    return this.lease.partition;
  }

  /** Whether this process may act for the partition at this moment. */
  get isHeld(): boolean {
    return !this.ended.aborted && this.lease.isHeldAt(this.pace.nowMs());
  }

  /** It is another's, or there is nothing to do. */
  end(): void {
    this.#end.abort();
  }

  /**
   * Commits on the strength of the lease. Where the store fails it is tried again with the same tag, as long as the
   * lease holds: so the outcome is known.
   */
  async commit(writes: readonly Write[], reads: readonly Reading[] = []): Promise<HolderResult> {
    const tag = createTag();
    const parts = [{ reads: [this.lease.reading, ...reads], writes }];
    for (let failures = 0; this.isHeld; failures += 1) {
      try {
        const header = { tag, at: this.clock.now(), by: null, cause: "delivery" };
        const result = await this.store.commit(commitOf(header, parts));
        if (result.kind === "committed") return { kind: "committed", tag };
        return this.#clash(
          result.clashes.flatMap((clash) => ("key" in clash ? [clash] : [])),
          tag,
        );
      } catch (thrown) {
        if (!isStoreError(thrown)) throw thrown;
        warnOfStore(thrown);
        await this.pace.pause(Math.min(retryMs.first * 2 ** failures, retryMs.max), this.ended);
      }
    }
    // Whoever goes on without a lease would try again at once, and forever.
    this.end();
    return { kind: "lost" };
  }

  #clash(clashes: readonly { readonly key: Key; readonly current?: StoredRecord }[], tag: Tag): HolderResult {
    // What failed with an unknown outcome had arrived.
    if (clashes.some(({ current }) => current?.tag === tag)) return { kind: "committed", tag };
    if (clashes.some(({ key }) => key === this.lease.reading.key)) {
      this.lease.end();
      this.end();
      return { kind: "lost" };
    }
    return { kind: "clash", keys: new Set(clashes.map(({ key }) => key)) };
  }
}
