import { isStoreError } from "@unclash/core";
import type { Key, Snapshot, Store, StoredRecord, Tag } from "@unclash/core/store";
import type { EventHub } from "../../commits/event-hub.js";
import type { Pace } from "../../commits/pace.js";
import { warnOfStore } from "../../commits/store-failure.js";
import { ConcurrencyQuota } from "../concurrency-quota.js";
import type { NotificationLimits } from "../options.js";
import { epochKey, partitions, readSubscription, subscriptionPrefix } from "../subscription.js";
import { Alarm } from "./alarm.js";
import type { AttemptSettings } from "./attempt.js";
import type { DeliveryDecision } from "./delivery-report.js";
import { HeldPartition } from "./held-partition.js";
import { Partition } from "./partition.js";
import { leaseKey, type PartitionLease, PartitionLeases } from "./partition-lease.js";
import type { CallbackSender } from "./send-callback.js";
import { StoreClock } from "./store-clock.js";

/** How often a deliverer looks at the store, and how long a lease lasts, in milliseconds. */
export interface DeliveryTiming {
  /** How long a process that has died is waited for. It renews its leases three times as often. */
  readonly leaseMs: number;
  /** How often it looks whether there is a partition to take over. */
  readonly standingByMs: number;
  /** How often it looks whether there are any subscriptions, where there were none. */
  readonly idleMs: number;
  /** How long it lets others go first after it has taken one, about: those that start together share. */
  readonly claimMs: number;
}

export const deliveryTiming: DeliveryTiming = {
  leaseMs: 10_000,
  standingByMs: 5_000,
  idleMs: 10_000,
  claimMs: 250,
};

/** After a failure of the store it looks again after so long, twice as long each time, in milliseconds. */
const failureMs = { first: 1_000, max: 30_000 };

/** A hint that anything may have changed counts so often at most, in milliseconds. */
const hintMs = 1_000;

/** A partition that was given up is left to others for so long, in milliseconds. */
const givenUpMs = 30_000;

/** What an engine delivers with. */
export interface DelivererSettings {
  readonly store: Store;
  readonly hub: Pick<EventHub, "read" | "listen">;
  readonly limits: NotificationLimits;
  readonly attempts: Omit<AttemptSettings, "store" | "pace" | "attemptMsMax">;
  readonly createSender: () => CallbackSender;
  readonly pace: Pace;
  readonly report: (makeDecision: () => DeliveryDecision) => void;
  /** From 0 to 1. @default Math.random */
  readonly random?: () => number;
  /** @default deliveryTiming */
  readonly timing?: DeliveryTiming;
}

/**
 * Delivers events to the callbacks of subscriptions, together with all processes that share the store: the partitions
 * of the subscriptions are spread over them by leases. Where there are no callbacks, it looks for some now and then,
 * and does nothing else.
 */
export class Deliverer {
  readonly #settings: DelivererSettings;
  readonly #timing: DeliveryTiming;
  readonly #random: () => number;
  readonly #leases: PartitionLeases;
  readonly #clock: StoreClock;
  readonly #quota: ConcurrencyQuota;
  readonly #held = new Map<string, Partition>();
  /** Whether the subscriptions of a partition have callbacks, as of the epoch with this tag. */
  readonly #known = new Map<string, { readonly epoch: Tag; readonly hasCallbacks: boolean }>();
  readonly #notBeforeMs = new Map<string, number>();
  readonly #stop = new AbortController();
  readonly #alarm: Alarm;
  #sender: CallbackSender | undefined;
  #unwatch: (() => void) | undefined;
  #unlisten: (() => void) | undefined;
  #running: Promise<void> | undefined;
  #renewedMs = Number.NEGATIVE_INFINITY;
  #lookedMs = Number.NEGATIVE_INFINITY;
  #failures = 0;

  constructor(settings: DelivererSettings) {
    const { store, pace, limits, timing = deliveryTiming, random = Math.random } = settings;
    this.#settings = settings;
    this.#timing = timing;
    this.#random = random;
    this.#leases = new PartitionLeases(store, timing.leaseMs, () => pace.nowMs());
    this.#clock = new StoreClock(() => pace.nowMs());
    this.#quota = new ConcurrencyQuota({ perNameMax: limits.attemptsPerHostMax, max: limits.attemptsInFlightMax });
    this.#alarm = new Alarm(pace, this.#stop.signal);
  }

  /** The partitions that this process delivers for, as far as it knows. */
  get partitions(): readonly string[] {
    return [...this.#held.keys()];
  }

  /** Begins to look for something to deliver. Call it once. */
  start(): void {
    this.#running = this.#run();
  }

  /** Looks at once: there may be subscriptions, or other ones. */
  wake(): void {
    this.#alarm.ring();
  }

  /**
   * Breaks off all attempts, and gives up all partitions: other processes go on where this one ends. It never rejects.
   */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    const held = [...this.#held.values()];
    await Promise.all(held.map((partition) => partition.stop()));
    await this.#leases.release(
      held.map((partition) => partition.held.lease),
      this.#clock.now(),
    );
    this.#held.clear();
    this.#rest();
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) await this.#alarm.pause(await this.#work());
  }

  /** One look, and how long to wait for the next one. */
  async #work(): Promise<number> {
    try {
      const waitMs = await this.#look();
      this.#failures = 0;
      return waitMs;
    } catch (thrown) {
      if (!isStoreError(thrown)) throw thrown;
      warnOfStore(thrown);
      this.#failures += 1;
      const waitMs = Math.min(failureMs.first * 2 ** (this.#failures - 1), failureMs.max);
      return this.#held.size === 0 ? waitMs : Math.min(waitMs, this.#timing.leaseMs / 3);
    }
  }

  async #look(): Promise<number> {
    const { store, pace } = this.#settings;
    this.#lookedMs = pace.nowMs();
    const snapshot = await store.read([...partitions.map(epochKey), ...partitions.map(leaseKey)]);
    this.#clock.set(snapshot.now);
    await this.#keepLeases();
    const wanted = await this.#wanted(snapshot);
    const isNeeded = wanted.length > 0 || this.#held.size > 0;
    if (isNeeded) this.#watch();
    else this.#rest();
    const isClaiming = await this.#claimOne(snapshot, wanted);
    if (isClaiming) return this.#timing.claimMs * (0.5 + this.#random());
    if (this.#held.size > 0) return this.#timing.leaseMs / 3;
    return isNeeded ? this.#timing.standingByMs : this.#timing.idleMs;
  }

  /** Renews the leases where it is time, and lets go of what is another's, or has nothing to deliver. */
  async #keepLeases(): Promise<void> {
    const { pace } = this.#settings;
    const nowMs = pace.nowMs();
    const over: PartitionLease[] = [];
    const held: PartitionLease[] = [];
    for (const { held: each } of this.#held.values()) (each.ended.aborted ? over : held).push(each.lease);
    const givenUp = over.filter((lease) => lease.isHeldAt(nowMs));
    for (const { partition } of givenUp) this.#notBeforeMs.set(partition, nowMs + givenUpMs);
    await this.#leases.release(givenUp, this.#clock.now());
    if (nowMs - this.#renewedMs >= this.#timing.leaseMs / 3) {
      await this.#leases.renew(held, this.#clock.now());
      this.#renewedMs = nowMs;
    }
    for (const [name, partition] of this.#held) {
      if (!partition.held.lease.isHeldAt(pace.nowMs())) partition.held.end();
      if (partition.held.ended.aborted) this.#held.delete(name);
    }
  }

  /** The partitions that have something to deliver, and are not this process's. */
  async #wanted({ records }: Snapshot): Promise<readonly string[]> {
    const wanted: string[] = [];
    for (const [at, partition] of partitions.entries()) {
      const epoch = records[at];
      const held = this.#held.get(partition);
      if (held !== undefined) held.checkEpoch(epoch?.tag);
      else if (epoch !== undefined && (await this.#hasCallbacks(partition, epoch))) wanted.push(partition);
    }
    return wanted;
  }

  async #hasCallbacks(partition: string, { tag: epoch }: StoredRecord): Promise<boolean> {
    const known = this.#known.get(partition);
    if (known?.epoch === epoch) return known.hasCallbacks;
    const hasCallbacks = await this.#findCallback(partition);
    this.#known.set(partition, { epoch, hasCallbacks });
    return hasCallbacks;
  }

  async #findCallback(partition: string): Promise<boolean> {
    let after: string | undefined;
    do {
      const from = after === undefined ? {} : { after };
      const page = await this.#settings.store.list({ prefix: subscriptionPrefix(partition), limit: 100, ...from });
      try {
        if (page.records.some((record) => readSubscription(record).callback !== undefined)) return true;
      } catch (thrown) {
        // That is for processes of a newer release.
        warnOfStore(thrown);
        return false;
      }
      after = page.next;
    } while (after !== undefined);
    return false;
  }

  /** Takes one of the partitions that nobody delivers for, by chance. Whether there was one to take. */
  async #claimOne({ now, records }: Snapshot, wanted: readonly string[]): Promise<boolean> {
    const nowMs = this.#settings.pace.nowMs();
    const free = wanted.flatMap((partition) => {
      const verdict = this.#leases.evaluate(partition, records[partitions.length + partitions.indexOf(partition)]);
      const isLeft = nowMs < (this.#notBeforeMs.get(partition) ?? nowMs);
      return verdict.kind === "free" && !isLeft ? [{ partition, verdict }] : [];
    });
    const chosen = free[Math.floor(this.#random() * free.length)];
    if (chosen === undefined || this.#stop.signal.aborted) return false;
    const lease = await this.#leases.claim(chosen.partition, chosen.verdict, now);
    if (lease !== undefined) this.#begin(lease);
    return true;
  }

  #begin(lease: PartitionLease): void {
    const { store, pace, hub, limits, attempts, createSender, report } = this.#settings;
    this.#sender ??= createSender();
    this.#unlisten ??= hub.listen(() => {
      for (const each of this.#held.values()) each.wake();
    });
    const partition = new Partition(new HeldPartition(lease, { store, clock: this.#clock, pace }), {
      attempts: { ...attempts, store, pace, attemptMsMax: limits.attemptMsMax },
      hub,
      limits,
      quota: this.#quota,
      sender: this.#sender,
      random: this.#random,
      report,
      onFree: () => {
        for (const each of this.#held.values()) each.pumpSoon();
      },
    });
    this.#held.set(lease.partition, partition);
    partition.start();
  }

  /** Is told of changes of subscriptions. */
  #watch(): void {
    const { store, pace } = this.#settings;
    this.#unwatch ??= store.watch((keys) => {
      const isHint = keys.length === 0 && pace.nowMs() - this.#lookedMs >= hintMs;
      if (isHint || keys.some((key) => epochKeys.has(key))) this.#alarm.ring();
    });
  }

  /** There is nothing to deliver. */
  #rest(): void {
    this.#unwatch?.();
    this.#unlisten?.();
    this.#sender?.close();
    this.#unwatch = undefined;
    this.#unlisten = undefined;
    this.#sender = undefined;
  }
}

const epochKeys: ReadonlySet<Key> = new Set(partitions.map(epochKey));
