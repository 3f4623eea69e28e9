import type { Key, Moment, Tag } from "@unclash/core/store";
import type { Delivery } from "../delivery.js";
import { remainingPauseMs } from "./attempt-outcome.js";
import { QueueLoad, type Waiting } from "./queue-load.js";

/** A delivery as it was found in the store. */
export interface FoundDelivery {
  readonly delivery: Delivery;
  readonly tag: Tag;
}

/** How many deliveries of one subscription are held in memory: few of one that fails, since there may be many such. */
export const heldMax = { usual: 200, failing: 25 } as const;

/**
 * The deliveries of one subscription that wait, in the order of their events: the first ones of many. The next event of
 * a resource is not sent before the earlier one is over, and that is recorded; other resources go on.
 *
 * To load it is to give it what the store has, from the first one on: `beginLoad`, `offer` for each, `endLoad`.
 */
export class SubscriptionQueue {
  /** How many are held. */
  heldMax: number = heldMax.usual;
  #waiting = new Map<string, Waiting>();
  /** There may be more in the store than are held. */
  #isPartial = true;
  /** When the first of those that are not held is due. */
  #passedDueMs = Number.POSITIVE_INFINITY;
  /** Something has come or gone since it was loaded. */
  #hasChanged = false;
  #load: QueueLoad | undefined;
  #isLoadDue = true;
  #isCounted = false;
  #count = 0;
  #inFlight = 0;
  #silentUntilMs = Number.NEGATIVE_INFINITY;

  /** How many wait, as far as is known. */
  get count(): number {
    return Math.max(this.#count, this.#waiting.size);
  }

  /** How many attempts are made, or are being recorded. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Whether an attempt is made for an event, or is being recorded. */
  isInFlight(event: string): boolean {
    return this.#waiting.get(event)?.isInFlight ?? false;
  }

  /** Whether the store should be read: for what is not held yet, or has changed there. */
  isLoadDue(nowMs: number): boolean {
    return this.#load === undefined && (this.#isLoadDue || this.#passedDueMs <= nowMs);
  }

  /** Has the store read again: something else may have changed what is there. */
  reload(): void {
    this.#isLoadDue = true;
    this.#isCounted = false;
  }

  /** Lets nothing be sent until then. */
  silence(untilMs: number): void {
    this.#silentUntilMs = untilMs;
  }

  /** Takes the next delivery that may be sent, and marks it as in flight. */
  next(nowMs: number): Waiting | undefined {
    if (nowMs < this.#silentUntilMs) return undefined;
    for (const head of this.#heads()) {
      if (head.isInFlight || head.dueMs > nowMs) continue;
      head.isInFlight = true;
      this.#inFlight += 1;
      return head;
    }
    if (this.#isPartial && this.#hasChanged) this.#isLoadDue = true;
    return undefined;
  }

  /** When something is due that is not in flight; `undefined` where there is nothing. */
  nextDueMs(): number | undefined {
    let due = this.#passedDueMs;
    for (const { isInFlight, dueMs } of this.#heads()) if (!isInFlight) due = Math.min(due, dueMs);
    return due === Number.POSITIVE_INFINITY ? undefined : Math.max(due, this.#silentUntilMs);
  }

  /** Adds deliveries that were just recorded, in the order of their events, and behind all others. */
  add(recorded: readonly FoundDelivery[], nowMs: number): void {
    this.#hasChanged = true;
    for (const { delivery, tag } of recorded) {
      // It was read before it was known here that it is recorded, and may be in flight.
      if (this.#waiting.has(delivery.event.id)) continue;
      this.#count += 1;
      if (this.#load !== undefined) this.reload();
      else if (this.#isPartial || this.#waiting.size >= this.heldMax) this.#isPartial = true;
      else this.#waiting.set(delivery.event.id, waitingOf(delivery, tag, nowMs));
    }
  }

  /** Ends an attempt whose delivery goes on waiting, as it is recorded now, until that moment. */
  retry(waiting: Waiting, { delivery, tag }: FoundDelivery, dueMs: number): void {
    this.#land(waiting);
    waiting.delivery = delivery;
    waiting.tag = tag;
    waiting.dueMs = dueMs;
    this.#load?.retried.add(delivery.event.id);
  }

  /** Ends an attempt whose delivery is over, as is recorded. */
  remove(waiting: Waiting): void {
    const { id } = waiting.delivery.event;
    this.#land(waiting);
    if (this.#waiting.get(id) === waiting) this.#waiting.delete(id);
    this.#count = Math.max(this.#count - 1, 0);
    this.#load?.end(id);
    if (this.#isPartial && this.#waiting.size <= this.heldMax / 2) this.#isLoadDue = true;
  }

  /** Ends an attempt of which it is not known what is recorded: that is read again. */
  forget(waiting: Waiting): void {
    this.#land(waiting);
    this.#waiting.delete(waiting.delivery.event.id);
    this.reload();
  }

  #land(waiting: Waiting): void {
    if (waiting.isInFlight) this.#inFlight -= 1;
    waiting.isInFlight = false;
    this.#hasChanged = true;
  }

  /** Begins to load. Until that ends, what is added is not held. */
  beginLoad(): void {
    this.#isLoadDue = false;
    this.#hasChanged = false;
    this.#load = new QueueLoad(this.heldMax);
  }

  /**
   * The next delivery that waits in the store, in the order of their events.
   *
   * @param now the store's time
   * @returns whether to go on: there may be more to hold
   */
  offer({ delivery, tag }: FoundDelivery, now: Moment, nowMs: number): boolean {
    const load = this.#load;
    if (load === undefined) return false;
    const known = this.#waiting.get(delivery.event.id);
    // What is known by this tag keeps its own time; what is read may be older than what was recorded since.
    const isSame = known?.tag === tag || known?.isInFlight === true || load.retried.has(delivery.event.id);
    const dueMs = nowMs + remainingPauseMs(delivery, now);
    load.offer(known !== undefined && isSame ? known : waitingOf(delivery, tag, dueMs), nowMs);
    return !this.#isCounted || !load.isEnough;
  }

  /**
   * Ends loading.
   *
   * @param isWhole whether all that wait were offered
   */
  endLoad(isWhole: boolean): void {
    const load = this.#load;
    if (load === undefined) return;
    this.#load = undefined;
    const held = load.held();
    const inFlight = [...this.#waiting].filter(([id, { isInFlight }]) => isInFlight && !held.has(id));
    this.#waiting = new Map([...inFlight, ...held]);
    this.#passedDueMs = load.passedDueMs;
    this.#isPartial = !isWhole || load.passed > 0 || this.#isLoadDue;
    if (!isWhole) return;
    this.#count = load.count + inFlight.length;
    this.#isCounted = !this.#isLoadDue;
  }

  /** The first of each resource. */
  *#heads(): Generator<Waiting> {
    const keys = new Set<Key>();
    for (const waiting of this.#waiting.values()) {
      const { key } = waiting.delivery.event;
      if (keys.has(key)) continue;
      keys.add(key);
      yield waiting;
    }
  }
}

function waitingOf(delivery: Delivery, tag: Tag, dueMs: number): Waiting {
  return { delivery, tag, dueMs, isInFlight: false };
}
