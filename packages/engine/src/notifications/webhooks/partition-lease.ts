import { isStoreError } from "@unclash/core";
import type { Commit, Expectation, Key, Moment, Store, StoredRecord, Tag, Write } from "@unclash/core/store";
import { commitOf } from "../../commits/commit-parts.js";
import { createTag } from "../../commits/commit-tag.js";
import { evaluateLease, type LeaseVerdict, type SeenLease } from "../../commits/housekeeper-lease.js";
import { internalRecords } from "../../commits/internal-records.js";

/** The key of the record of whoever delivers for a partition. */
export function leaseKey(partition: string): Key {
  return `${internalRecords.partitions.prefix}${partition}/lease`;
}

const leaseText = '{"format":1}';

/** How far before its end a lease is no longer relied on: as a part of it. */
const margin = 0.1;

/** That this process delivers for a partition. */
export class PartitionLease {
  readonly partition: string;
  readonly tag: Tag;
  #endsMs: number;

  /** @param endsMs when it ends at the earliest, by a clock of this process that never steps */
  constructor(partition: string, tag: Tag, endsMs: number) {
    this.partition = partition;
    this.tag = tag;
    this.#endsMs = endsMs;
  }

  /** Whether it holds at that moment for certain, unless the store's clock was set forward. */
  isHeldAt(nowMs: number): boolean {
    return nowMs < this.#endsMs;
  }

  /** What every commit of the holder relies on: who has slept past its lease writes nothing. */
  get reading(): { readonly key: Key; readonly expect: Expectation } {
    return { key: leaseKey(this.partition), expect: { tag: this.tag } };
  }

  /** The holder goes on: it was renewed until then. */
  extend(endsMs: number): void {
    this.#endsMs = endsMs;
  }

  /** It is another's, or may be. */
  end(): void {
    this.#endsMs = Number.NEGATIVE_INFINITY;
  }
}

/** The leases of partitions, as one process sees, claims and renews them. */
export class PartitionLeases {
  readonly #store: Store;
  readonly #leaseMs: number;
  readonly #nowMs: () => number;
  readonly #seen = new Map<string, SeenLease>();

  /** @param nowMs a clock that never steps: `performance.now` */
  constructor(store: Store, leaseMs: number, nowMs: () => number) {
    this.#store = store;
    this.#leaseMs = leaseMs;
    this.#nowMs = nowMs;
  }

  /**
   * Judges the lease of a partition as it was just read. One that nobody renews is free though the store's clock says
   * otherwise: that clock may have been set back.
   */
  evaluate(partition: string, found: StoredRecord | undefined): LeaseVerdict {
    const nowMs = this.#nowMs();
    const seen = this.#seen.get(partition);
    const verdict = evaluateLease(found, [], seen, nowMs);
    if (found === undefined) this.#seen.delete(partition);
    else if (seen?.tag !== found.tag || seen.lapsesAt !== found.lapsesAt)
      this.#seen.set(partition, { tag: found.tag, lapsesAt: found.lapsesAt, sinceMs: nowMs });
    return verdict;
  }

  /**
   * Takes the lease of a partition, where it is still as it was judged.
   *
   * @throws StoreError where the store failed: what may have been taken lapses soon
   */
  async claim(
    partition: string,
    { expect }: Extract<LeaseVerdict, { readonly kind: "free" }>,
    at: Moment,
  ): Promise<PartitionLease | undefined> {
    const tag = createTag();
    const endsMs = this.#endsMs();
    const write: Write = {
      key: leaseKey(partition),
      expect,
      put: leaseText,
      ttlMs: this.#leaseMs,
      keep: "none",
    };
    const isClaimed = await this.#commit([write], at, tag);
    return isClaimed ? new PartitionLease(partition, tag, endsMs) : undefined;
  }

  /**
   * Renews leases, all in one commit. Those that are another's by now end.
   *
   * @throws StoreError where the store failed: they hold as long as before
   */
  async renew(leases: readonly PartitionLease[], at: Moment): Promise<void> {
    if (leases.length === 0) return;
    const endsMs = this.#endsMs();
    const writes = leases.map((lease): Write => ({ ...expected(lease), extendMs: this.#leaseMs }));
    if (await this.#commit(writes, at)) {
      for (const lease of leases) lease.extend(endsMs);
      return;
    }
    if (leases.length === 1) leases[0]?.end();
    else for (const lease of leases) await this.renew([lease], at);
  }

  /** Gives leases up, so that others get them at once. Where the store fails they lapse soon. */
  async release(leases: readonly PartitionLease[], at: Moment): Promise<void> {
    for (const lease of leases) lease.end();
    const writes = leases.map((lease): Write => ({ ...expected(lease), delete: "forget" }));
    try {
      if (writes.length === 0 || (await this.#commit(writes, at)) || writes.length === 1) return;
      for (const write of writes) await this.#commit([write], at);
    } catch (thrown) {
      if (!isStoreError(thrown)) throw thrown;
    }
  }

  #endsMs(): number {
    return this.#nowMs() + this.#leaseMs * (1 - margin);
  }

  async #commit(writes: readonly Write[], at: Moment, tag: Tag = createTag()): Promise<boolean> {
    const commit: Commit = commitOf({ tag, at, by: null, cause: "delivery" }, [{ writes }]);
    return (await this.#store.commit(commit)).kind === "committed";
  }
}

function expected({ partition, tag }: PartitionLease): Pick<Write, "key" | "expect"> {
  return { key: leaseKey(partition), expect: { tag } };
}
