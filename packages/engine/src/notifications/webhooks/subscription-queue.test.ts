import { describe, expect, test } from "vitest";
import type { Delivery } from "../delivery.js";
import { type FoundDelivery, SubscriptionQueue } from "./subscription-queue.js";

const now = 1_800_000_000_000;

function found(id: number, key: string, about: Partial<Delivery> = {}): FoundDelivery {
  const event = { id: String(id).padStart(8, "0"), type: "resource.changed", key, tag: "tag", at: now };
  const common = { subscription: "s_1", event, status: "pending", attempts: 0, generation: 1 } as const;
  return { delivery: { ...common, at: now, since: now, ...about }, tag: `tag of ${id}` };
}

/** Loads a queue with what the store has, as far as the queue wants it. */
function load(queue: SubscriptionQueue, stored: readonly FoundDelivery[], nowMs = 0): void {
  queue.beginLoad();
  let offered = 0;
  for (const each of stored) {
    offered += 1;
    if (!queue.offer(each, now, nowMs)) break;
  }
  queue.endLoad(offered === stored.length);
}

function loaded(...stored: readonly FoundDelivery[]): SubscriptionQueue {
  const queue = new SubscriptionQueue();
  load(queue, stored);
  return queue;
}

/** The ids of all that may be sent at this moment. */
function sendable(queue: SubscriptionQueue, nowMs = 0): readonly number[] {
  const ids: number[] = [];
  for (let next = queue.next(nowMs); next !== undefined; next = queue.next(nowMs))
    ids.push(Number(next.delivery.event.id));
  return ids;
}

describe("the queue of a subscription", () => {
  test("gives the first of each resource, each once", () => {
    const queue = loaded(found(1, "a"), found(2, "a"), found(3, "b"), found(4, "c"), found(5, "b"));
    expect(sendable(queue)).toEqual([1, 3, 4]);
    expect(queue.inFlight).toBe(3);
    expect(queue.count).toBe(5);
  });

  test("gives the next of a resource once the one before is over", () => {
    const queue = loaded(found(1, "a"), found(2, "a"));
    const first = queue.next(0);
    if (first === undefined) throw new Error("There is a first one.");
    queue.retry(first, found(1, "a", { status: "retrying", attempts: 1 }), 5_000);
    expect(sendable(queue, 4_999)).toEqual([]);
    expect(queue.nextDueMs()).toBe(5_000);
    expect(queue.next(5_000)).toBe(first);
    queue.remove(first);
    expect(sendable(queue, 5_000)).toEqual([2]);
  });

  test("gives nothing while the receiver wants nothing", () => {
    const queue = loaded(found(1, "a"));
    queue.silence(1_000);
    expect(sendable(queue, 999)).toEqual([]);
    expect(queue.nextDueMs()).toBe(1_000);
    expect(sendable(queue, 1_000)).toEqual([1]);
  });

  test("holds what is recorded where it holds all, and reads it later where it does not", () => {
    const queue = loaded(found(1, "a"));
    queue.add([found(2, "b")], 0);
    expect(sendable(queue)).toEqual([1, 2]);
    const partial = new SubscriptionQueue();
    partial.heldMax = 2;
    load(partial, [found(1, "a"), found(2, "a"), found(3, "a")]);
    partial.add([found(4, "b")], 0);
    expect(partial.count).toBe(4);
    expect(sendable(partial)).toEqual([1]);
    expect(partial.isLoadDue(0)).toBe(true);
    load(partial, [found(1, "a"), found(2, "a"), found(3, "a"), found(4, "b")]);
    expect(sendable(partial)).toEqual([4]);
  });

  test("goes on with other resources, however many events of one wait", () => {
    const queue = new SubscriptionQueue();
    queue.heldMax = 10;
    const stored = Array.from({ length: 500 }, (_, n) => found(n, "a", { dueAt: now + 60_000 }));
    load(queue, [...stored, found(500, "b"), found(501, "b"), found(502, "c")]);
    expect(sendable(queue)).toEqual([500, 502]);
    expect(queue.count).toBe(503);
  });

  test("reads again when something is due that it does not hold", () => {
    const queue = new SubscriptionQueue();
    queue.heldMax = 1;
    const later = found(2, "b", { status: "retrying", attempts: 1, at: now, dueAt: now + 5_000 });
    load(queue, [found(1, "a", { status: "retrying", at: now, dueAt: now + 60_000 }), later]);
    expect(queue.nextDueMs()).toBe(5_000);
    expect(queue.isLoadDue(4_999)).toBe(false);
    expect(queue.isLoadDue(5_000)).toBe(true);
    load(queue, [found(1, "a", { status: "retrying", at: now, dueAt: now + 60_000 }), later], 5_000);
  });

  test("does not give again what has ended while it was read", () => {
    const queue = loaded(found(1, "a"), found(2, "b"), found(3, "b"));
    const [first, second] = [queue.next(0), queue.next(0)];
    if (first === undefined || second === undefined) throw new Error("There are two.");
    queue.reload();
    queue.beginLoad();
    queue.remove(first);
    queue.retry(second, found(2, "b", { status: "retrying", attempts: 1 }), 5_000);
    for (const each of [found(1, "a"), found(2, "b"), found(3, "b")]) queue.offer(each, now, 0);
    queue.endLoad(true);
    expect(sendable(queue)).toEqual([]);
    expect(queue.count).toBe(2);
    expect(sendable(queue, 5_000)).toEqual([2]);
  });

  test("does not hold what was recorded while it was read, and reads that again", () => {
    const queue = loaded(found(1, "a"));
    queue.reload();
    queue.beginLoad();
    queue.add([found(2, "b")], 0);
    queue.offer(found(1, "a"), now, 0);
    queue.endLoad(true);
    expect(queue.isLoadDue(0)).toBe(true);
    load(queue, [found(1, "a"), found(2, "b")]);
    expect(sendable(queue)).toEqual([1, 2]);
  });

  test("does not hold twice what was read before it was known to be recorded", () => {
    const queue = loaded(found(1, "a"));
    const first = queue.next(0);
    queue.add([found(1, "a")], 0);
    expect(sendable(queue)).toEqual([]);
    expect(queue.count).toBe(1);
    if (first !== undefined) queue.remove(first);
    expect(queue.count).toBe(0);
  });

  test("forgets what is no longer there, and keeps what is in flight", () => {
    const queue = loaded(found(1, "a"), found(2, "b"));
    const first = queue.next(0);
    queue.reload();
    load(queue, []);
    expect(first?.delivery.event.id).toBe("00000001");
    expect(queue.inFlight).toBe(1);
    expect(sendable(queue)).toEqual([]);
  });
});
