import type { Cursor, Expectation, Key, Reading, Tag, Write } from "@unclash/core/store";
import {
  epochKey,
  readSubscription,
  type Subscription,
  subscriptionKey,
  subscriptionPrefix,
  subscriptionText,
} from "../subscription.js";
import { isReceiving } from "./attempt-outcome.js";
import { type HeldPartition, readOwn } from "./held-partition.js";

/** A subscription as it was found. */
export interface FoundSubscription {
  readonly subscription: Subscription;
  readonly tag: Tag;
}

const pageMax = 200;

/** The subscriptions of a partition, as its holder knows them. */
export class PartitionSubscriptions {
  readonly #held: HeldPartition;
  #byId: ReadonlyMap<string, FoundSubscription> = new Map();
  #receiving: readonly Subscription[] = [];
  #epoch: Expectation | undefined;

  constructor(held: HeldPartition) {
    this.#held = held;
  }

  /** Those that have a callback, disabled ones too. */
  get withCallbacks(): readonly FoundSubscription[] {
    return [...this.#byId.values()].filter(({ subscription }) => subscription.callback !== undefined);
  }

  get hasCallbacks(): boolean {
    return this.withCallbacks.length > 0;
  }

  /** Those that events are sent to. */
  get receiving(): readonly Subscription[] {
    return this.#receiving;
  }

  /** The place before which none of them wants anything. */
  get start(): Cursor | undefined {
    let start: Cursor | undefined;
    for (const { from } of this.#receiving) if (start === undefined || from < start) start = from;
    return start;
  }

  find(id: string): FoundSubscription | undefined {
    return this.#byId.get(id);
  }

  /** That these are all, as a commit relies on it. */
  get reading(): Reading {
    return { key: epochKey(this.#held.name), expect: this.#epoch ?? "absent" };
  }

  /** Whether they may have changed, by the tag of the record that changes with each of them. */
  isOutdated(epoch: Tag | undefined): boolean {
    const known = typeof this.#epoch === "object" && "tag" in this.#epoch ? this.#epoch.tag : undefined;
    return this.#epoch === undefined || known !== epoch;
  }

  /**
   * Reads all of them.
   *
   * @returns the ids of those that are new, or not what they were
   * @throws StoreError where the store failed, UnreadableRecord where a newer release has written one
   */
  async load(): Promise<ReadonlySet<string>> {
    const { store, clock, name } = this.#held;
    // It is read first: what changes meanwhile is found by whoever relies on it.
    const { now, records } = await store.read([epochKey(name)]);
    clock.set(now);
    const found = new Map<string, FoundSubscription>();
    let after: string | undefined;
    do {
      const range = { prefix: subscriptionPrefix(name), limit: pageMax, ...(after !== undefined && { after }) };
      const page = await store.list(range);
      for (const record of page.records) {
        const subscription = readOwn(record, readSubscription);
        found.set(subscription.id, { subscription, tag: record.tag });
      }
      after = page.next;
    } while (after !== undefined);
    const changed = [...found].filter(([id, { tag }]) => this.#byId.get(id)?.tag !== tag);
    this.#epoch = records[0] === undefined ? "absent" : { tag: records[0].tag };
    this.#set(found);
    return new Set(changed.map(([id]) => id));
  }

  /** Notes what this process has recorded of some. */
  replace(changed: Iterable<FoundSubscription>): void {
    const all = new Map(this.#byId);
    for (const each of changed) if (all.has(each.subscription.id)) all.set(each.subscription.id, each);
    this.#set(all);
  }

  #set(all: ReadonlyMap<string, FoundSubscription>): void {
    this.#byId = all;
    this.#receiving = [...all.values()].flatMap(({ subscription }) =>
      isReceiving(subscription) ? [subscription] : [],
    );
  }
}

/** The write of a subscription that was found. */
export function subscriptionWrite({ subscription, tag }: FoundSubscription): Write & { readonly key: Key } {
  const put = subscriptionText(subscription);
  return { key: subscriptionKey(subscription.id), expect: { tag }, put, keep: "none" };
}
