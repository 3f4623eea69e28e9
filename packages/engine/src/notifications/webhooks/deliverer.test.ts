import type { Store } from "@unclash/core/store";
import { expect, test } from "vitest";
import { EventHub } from "../../commits/event-hub.js";
import { type SimulatedProcess, SimulatedTime, settled } from "../../commits/simulated-processes.test-support.js";
import {
  answered,
  change,
  delivererOn,
  deliveriesIn,
  endOfLog,
  FakeReceivers,
  putSubscription,
  subscriptionAt,
  subscriptionIn,
} from "./deliveries.test-support.js";
import { jitter, retryPausesMs } from "./retry-schedule.js";

const second = 1_000;
const hour = 3_600_000;

interface Started {
  readonly time: SimulatedTime;
  readonly store: Store;
  readonly process: SimulatedProcess;
  readonly receivers: FakeReceivers;
}

function simulate(): Started {
  const time = new SimulatedTime();
  const process = time.startProcess();
  return { time, store: time.openStore(), process, receivers: new FakeReceivers(() => time.nowMs) };
}

test("events are delivered to the subscriptions that want them, in their order", async () => {
  const { time, store, process, receivers } = simulate();
  const from = await endOfLog(store);
  const subscription = subscriptionAt(from, { resources: ["notes/1"] });
  await putSubscription(store, subscription);
  const { deliverer, decisions } = delivererOn(store, process, receivers.createSender);
  deliverer.start();
  await settled();
  await time.advance(second);
  for (let version = 1; version <= 3; version += 1) {
    await change(store, "notes/1", version);
    await change(store, "notes/2", version);
  }
  await time.advance(10 * second);
  expect(receivers.received.map(({ key, type }) => `${type} ${key}`)).toEqual([
    "unclash.resource.changed notes/1",
    "unclash.resource.changed notes/1",
    "unclash.resource.changed notes/1",
  ]);
  const deliveries = await deliveriesIn(store, subscription.id);
  expect(deliveries.map(({ status, attempts }) => `${status} ${attempts}`)).toEqual(Array(3).fill("delivered 1"));
  expect(deliveries.map(({ event }) => event.id)).toEqual(receivers.received.map(({ id }) => id));
  expect(decisions.map(({ status }) => status)).toEqual(["delivered", "delivered", "delivered"]);
  await deliverer.stop();
});

test("an event that nobody takes is tried for a day, and then it is dead and its subscription disabled", async () => {
  const { time, store, process, receivers } = simulate();
  const subscription = subscriptionAt(await endOfLog(store));
  await putSubscription(store, subscription);
  receivers.answer = () => answered(500);
  const { deliverer } = delivererOn(store, process, receivers.createSender, { timing: { leaseMs: hour } });
  deliverer.start();
  await settled();
  await time.advance(second);
  await change(store, "notes/1", 1);
  await change(store, "notes/1", 2);
  await time.advance(30 * hour);
  const starts = receivers.received.map(({ atMs }) => atMs);
  expect(starts.length - retryPausesMs.length).toBeOneOf([2, 3]);
  for (const [at, pauseMs] of retryPausesMs.entries()) {
    const waitedMs = (starts[at + 1] ?? 0) - (starts[at] ?? 0);
    expect(waitedMs).toBeGreaterThanOrEqual(pauseMs * (1 - jitter));
    expect(waitedMs).toBeLessThanOrEqual(pauseMs * (1 + jitter) + second);
  }
  expect((starts.at(-1) ?? 0) - (starts[0] ?? 0)).toBeCloseTo(24 * hour, -4);
  expect(new Set(receivers.received.map(({ id }) => id)).size).toBe(1);
  expect((await deliveriesIn(store, subscription.id)).map(({ status }) => status)).toEqual(["dead", "dead"]);
  expect(await subscriptionIn(store, subscription.id)).toMatchObject({
    enabled: false,
    disabled: { reason: "failing" },
  });
  await deliverer.stop();
});

test("where there are no callbacks, nothing is done but to look for some every 10 seconds", async () => {
  const { time, store: memory, process, receivers } = simulate();
  const calls: string[] = [];
  const store: Store = {
    ...memory,
    read: (keys) => {
      calls.push("read");
      return memory.read(keys);
    },
    list: (range) => {
      calls.push("list");
      return memory.list(range);
    },
    commit: (commit) => {
      calls.push("commit");
      return memory.commit(commit);
    },
    watch: (wake) => {
      calls.push("watch");
      return memory.watch(wake);
    },
  };
  const hub = new EventHub(store, { pace: process });
  const { deliverer } = delivererOn(store, process, receivers.createSender, { hub });
  deliverer.start();
  await settled();
  await time.advance(100 * second);
  expect(calls).toEqual(Array(11).fill("read"));
  const streamOnly = subscriptionAt(await endOfLog(memory));
  const { callback: _, ...withoutCallback } = streamOnly;
  await putSubscription(memory, withoutCallback);
  await time.advance(100 * second);
  expect(calls.filter((call) => call !== "read")).toEqual(["list"]);
  expect(hub.isFollowing).toBe(false);
  await deliverer.stop();
});

test("two processes that start together share the partitions, and each takes over those of one that ends", async () => {
  const { time, store, receivers } = simulate();
  const from = await endOfLog(store);
  for (let n = 0; n < 16; n += 1) {
    const id = `s_00000000-0000-7000-8000-00000000000${n.toString(16)}`;
    await putSubscription(store, subscriptionAt(from, { id }));
  }
  const deliverers = [1, 2].map(() => delivererOn(store, time.startProcess(), receivers.createSender).deliverer);
  for (const deliverer of deliverers) deliverer.start();
  await settled();
  await time.advance(20 * second);
  const [one, other] = deliverers;
  const counts = deliverers.map(({ partitions }) => partitions.length);
  expect(counts.reduce((sum, count) => sum + count)).toBe(16);
  for (const count of counts) expect(count).toBeGreaterThanOrEqual(4);
  await one?.stop();
  await time.advance(20 * second);
  expect(other?.partitions).toHaveLength(16);
  await change(store, "notes/1", 1);
  await time.advance(10 * second);
  expect(receivers.received).toHaveLength(16);
  await other?.stop();
});

test("a process that ends breaks its attempts off, and another one makes them again under the same id", async () => {
  const { time, store, receivers } = simulate();
  const subscription = subscriptionAt(await endOfLog(store));
  await putSubscription(store, subscription);
  receivers.answer = () => new Promise(() => {});
  const first = delivererOn(store, time.startProcess(), receivers.createSender).deliverer;
  first.start();
  await settled();
  await time.advance(second);
  for (let n = 0; n < 20; n += 1) await change(store, `notes/${n}`, 1);
  await time.advance(6 * second);
  const begun = receivers.received.map(({ id }) => id);
  expect(begun).toHaveLength(4);
  await first.stop();
  receivers.answer = () => answered(204);
  const other = delivererOn(store, time.startProcess(), receivers.createSender).deliverer;
  other.start();
  await settled();
  await time.advance(6 * second);
  expect(receivers.received.slice(4).map(({ id }) => id)).toEqual(expect.arrayContaining(begun));
  expect(receivers.received).toHaveLength(24);
  await other.stop();
});

test("the next event of a resource waits for the one before, and other resources do not", async () => {
  const { time, store, process, receivers } = simulate();
  const subscription = subscriptionAt(await endOfLog(store));
  await putSubscription(store, subscription);
  receivers.answer = ({ key }) => answered(key === "notes/1" && receivers.received.length < 3 ? 500 : 200);
  const { deliverer } = delivererOn(store, process, receivers.createSender);
  deliverer.start();
  await settled();
  await time.advance(second);
  for (const key of ["notes/1", "notes/1", "notes/2", "notes/2"]) await change(store, key, 1);
  await time.advance(4 * second);
  expect(receivers.received.map(({ key }) => key)).toEqual(["notes/1", "notes/2", "notes/2"]);
  await time.advance(10 * second);
  expect(receivers.received.map(({ key }) => key).slice(3)).toEqual(["notes/1", "notes/1"]);
  const [first, , , again, next] = receivers.received;
  expect(again?.id).toBe(first?.id);
  expect(next?.id).not.toBe(first?.id);
  await deliverer.stop();
});

test.each([
  { status: 410, enabled: false },
  { status: 200, enabled: true },
])("$status: enabled is $enabled after that", async ({ status, enabled }) => {
  const { time, store, process, receivers } = simulate();
  const subscription = subscriptionAt(await endOfLog(store));
  await putSubscription(store, subscription);
  receivers.answer = () => answered(status);
  const { deliverer } = delivererOn(store, process, receivers.createSender);
  deliverer.start();
  await settled();
  await time.advance(second);
  for (let n = 0; n < 10; n += 1) await change(store, "notes/1", n);
  await time.advance(20 * second);
  expect((await subscriptionIn(store, subscription.id)).enabled).toBe(enabled);
  const statuses = (await deliveriesIn(store, subscription.id)).map((delivery) => delivery.status);
  expect(statuses).toEqual(Array(10).fill(enabled ? "delivered" : "dead"));
  expect(receivers.received).toHaveLength(enabled ? 10 : 1);
  await deliverer.stop();
});

test("a receiver that wants to be left alone is sent nothing until then", async () => {
  const { time, store, process, receivers } = simulate();
  await putSubscription(store, subscriptionAt(await endOfLog(store)));
  receivers.answer = () => answered(receivers.received.length === 1 ? 503 : 200, 600);
  const { deliverer } = delivererOn(store, process, receivers.createSender, {
    limits: { attemptsPerSubscriptionMax: 1 },
  });
  deliverer.start();
  await settled();
  await time.advance(second);
  for (let n = 0; n < 5; n += 1) await change(store, `notes/${n}`, 1);
  await time.advance(6 * second);
  const [{ atMs } = { atMs: 0 }] = receivers.received;
  await time.advance(590 * second);
  expect(receivers.received).toHaveLength(1);
  await time.advance(30 * second);
  expect(receivers.received).toHaveLength(6);
  expect(receivers.received.slice(1).every((each) => each.atMs >= atMs + 600 * second)).toBe(true);
  await deliverer.stop();
});

test("a subscription that too much waits for is disabled, and what waits is dead", async () => {
  const { time, store, process, receivers } = simulate();
  const subscription = subscriptionAt(await endOfLog(store));
  await putSubscription(store, subscription);
  receivers.answer = () => answered(500);
  const { deliverer } = delivererOn(store, process, receivers.createSender, { limits: { pendingDeliveriesMax: 300 } });
  deliverer.start();
  await settled();
  await time.advance(second);
  for (let n = 0; n < 301; n += 1) await change(store, `notes/${n % 7}`, n);
  await time.advance(30 * second);
  expect(await subscriptionIn(store, subscription.id)).toMatchObject({
    enabled: false,
    disabled: { reason: "behind" },
  });
  const statuses = (await deliveriesIn(store, subscription.id)).map((delivery) => delivery.status);
  expect(new Set(statuses)).toEqual(new Set(["dead"]));
  await deliverer.stop();
});
