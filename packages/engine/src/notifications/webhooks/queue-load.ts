import type { Key, Tag } from "@unclash/core/store";
import type { Delivery } from "../delivery.js";

/** A delivery that waits. */
export interface Waiting {
  delivery: Delivery;
  /** That of its record. */
  tag: Tag;
  /** When its next attempt is due, by a clock of this process that never steps. */
  dueMs: number;
  /** An attempt is made, or its outcome is being recorded. */
  isInFlight: boolean;
}

/** So many that can be sent at once are enough, where many others wait. */
const readyMax = 8;

/** Chooses from all deliveries of a subscription that wait those that are held: the first ones, and some to send. */
export class QueueLoad {
  /** What was tried meanwhile, and waits again: what is read of it may be older. */
  readonly retried: Set<string> = new Set();
  readonly #heldMax: number;
  readonly #held = new Map<string, Waiting>();
  readonly #offered = new Set<string>();
  /** The resources of all that were offered. */
  readonly #keys = new Set<Key>();
  readonly #ended = new Set<string>();
  #ready = 0;
  #passed = 0;
  #passedDueMs = Number.POSITIVE_INFINITY;

  constructor(heldMax: number) {
    this.#heldMax = heldMax;
  }

  /** How many were offered that are not over. */
  get count(): number {
    return this.#offered.size;
  }

  /** How many of them are not held. */
  get passed(): number {
    return this.#passed;
  }

  /** When the first of those is due that are not held and were to wait. */
  get passedDueMs(): number {
    return this.#passedDueMs;
  }

  /** Whether as many are held as will do for a while. */
  get isEnough(): boolean {
    return this.#held.size >= this.#heldMax && this.#ready >= readyMax;
  }

  offer(waiting: Waiting, nowMs: number): void {
    const { id, key } = waiting.delivery.event;
    if (this.#ended.has(id)) return;
    this.#offered.add(id);
    const isHead = !this.#keys.has(key);
    this.#keys.add(key);
    const isReady = isHead && !waiting.isInFlight && waiting.dueMs <= nowMs;
    const isFull = this.#held.size >= this.#heldMax && !(isReady && this.#ready < readyMax);
    if (!isFull || waiting.isInFlight) {
      this.#held.set(id, waiting);
      if (isReady) this.#ready += 1;
      return;
    }
    this.#passed += 1;
    if (isHead && waiting.dueMs > nowMs) this.#passedDueMs = Math.min(this.#passedDueMs, waiting.dueMs);
  }

  /** A delivery is over, as was recorded meanwhile: what is read may be from before that. */
  end(id: string): void {
    this.#ended.add(id);
    this.#offered.delete(id);
  }

  held(): ReadonlyMap<string, Waiting> {
    for (const id of this.#ended) this.#held.delete(id);
    return this.#held;
  }
}
