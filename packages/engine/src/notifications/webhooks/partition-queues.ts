import type { HeldPartition } from "./held-partition.js";
import type { PartitionSubscriptions } from "./partition-subscriptions.js";
import { tryMsMax } from "./retry-schedule.js";
import type { FoundDelivery } from "./subscription-queue.js";
import { heldMax, SubscriptionQueue } from "./subscription-queue.js";
import { loadWaiting, type WaitingSettings } from "./waiting-deliveries.js";

/** How often the store is read for what waits for one subscription, in milliseconds. */
const loadMs = { usual: 200, failing: 5_000 } as const;

/** How long nothing is looked at where nothing is due, in milliseconds. */
const idleMs = 60_000;

interface OwnQueue {
  readonly queue: SubscriptionQueue;
  loadedMs: number;
}

/** What waits for the subscriptions of a partition. */
export class PartitionQueues {
  readonly #held: HeldPartition;
  readonly #subscriptions: PartitionSubscriptions;
  readonly #settings: WaitingSettings;
  readonly #queues = new Map<string, OwnQueue>();
  #turn = 0;

  constructor(settings: WaitingSettings) {
    this.#held = settings.held;
    this.#subscriptions = settings.subscriptions;
    this.#settings = settings;
  }

  find(id: string): SubscriptionQueue | undefined {
    return this.#queues.get(id)?.queue;
  }

  /** All of them, each time from another one on: none is always the last to get what there is not enough of. */
  inTurn(): readonly (readonly [id: string, queue: SubscriptionQueue])[] {
    const all = [...this.#queues].map(([id, { queue }]) => [id, queue] as const);
    this.#turn = (this.#turn + 1) % Math.max(all.length, 1);
    return [...all.slice(this.#turn), ...all.slice(0, this.#turn)];
  }

  /** The subscriptions were read: all that waits for them is to be read again. */
  adopt(): void {
    const { clock, pace } = this.#held;
    for (const id of this.#queues.keys()) if (this.#subscriptions.find(id) === undefined) this.#queues.delete(id);
    for (const { subscription } of this.#subscriptions.withCallbacks) {
      const { id, pausedUntil } = subscription;
      const own = this.#queues.get(id) ?? { queue: new SubscriptionQueue(), loadedMs: Number.NEGATIVE_INFINITY };
      this.#queues.set(id, own);
      own.queue.reload();
      this.adapt(id);
      const silentMs = pausedUntil === undefined ? 0 : Math.min(pausedUntil - clock.now(), tryMsMax);
      own.queue.silence(pace.nowMs() + silentMs);
    }
  }

  /** Holds few for a subscription that fails. */
  adapt(id: string): void {
    const own = this.#queues.get(id);
    if (own === undefined) return;
    const isFailing = this.#subscriptions.find(id)?.subscription.failingSince !== undefined;
    own.queue.heldMax = isFailing ? heldMax.failing : heldMax.usual;
  }

  /** Which subscription's deliveries are to be read next, and in how many milliseconds. */
  nextLoad(): { readonly id?: string; readonly inMs: number } {
    const nowMs = this.#held.pace.nowMs();
    let next: { readonly id?: string; readonly inMs: number } = { inMs: idleMs };
    for (const [id, { queue, loadedMs }] of this.#queues) {
      if (!queue.isLoadDue(nowMs)) continue;
      const everyMs = queue.heldMax === heldMax.failing ? loadMs.failing : loadMs.usual;
      const inMs = Math.max(loadedMs + everyMs - nowMs, 0);
      if (inMs < next.inMs) next = { id, inMs };
      if (inMs === 0) break;
    }
    return next;
  }

  /** In how many milliseconds something is due that is not due yet. */
  nextDueInMs(): number {
    const nowMs = this.#held.pace.nowMs();
    let inMs = idleMs;
    for (const { queue } of this.#queues.values()) {
      const dueMs = queue.nextDueMs();
      if (dueMs !== undefined && dueMs > nowMs) inMs = Math.min(inMs, dueMs - nowMs);
    }
    return inMs;
  }

  /** @throws StoreError where the store failed */
  async load(id: string): Promise<void> {
    const own = this.#queues.get(id);
    if (own === undefined) return;
    own.loadedMs = this.#held.pace.nowMs();
    await loadWaiting(this.#settings, id, own.queue);
  }

  /** Deliveries were recorded for a subscription. */
  add(id: string, recorded: readonly FoundDelivery[]): void {
    this.find(id)?.add(recorded, this.#held.pace.nowMs());
  }
}
