import { StoreError } from "@unclash/core";
import type { Store } from "@unclash/core/store";
import { describe, expect, test, vi } from "vitest";
import { onDecision } from "../decision.js";
import { Housekeeping, housekeepingOf } from "./housekeeping.js";
import { announced, countOf, putLapsing, SimulatedTime, settled, unknown } from "./simulated-processes.test-support.js";

const minute = 60_000;

function setUp(given: (store: Store) => Partial<Store> = () => ({})) {
  const time = new SimulatedTime();
  const store = time.openStore();
  const list = vi.fn(store.list);
  const housekeeping = new Housekeeping({ ...store, list, ...given(store) }, time.startProcess());
  housekeeping.register(announced("key"));
  const due = async () => {
    housekeeping.due(time.storeNow());
    await settled();
  };
  return { time, store, housekeeping, due, rounds: () => list.mock.calls.length };
}

describe("without a housekeeper, requests with keys have it done:", () => {
  test("what has lapsed is forgotten, and what lives stays", async () => {
    const { time, store, due } = setUp();
    await putLapsing(store, "key", 3);
    await putLapsing(store, "key", 1, { from: 7, ttlMs: minute });
    await time.advance(10);
    await due();
    expect((await store.list({ prefix: "key/", limit: 10 })).records.map(({ key }) => key)).toEqual(["key/000007"]);
  });

  test("once a minute where there is little to forget, also where the clock steps back", async () => {
    const { time, due, rounds } = setUp();
    const seen: number[] = [];
    for (const at of [0, 1, minute - 1, minute, minute + 1, 5, 6, 5 + minute]) {
      time.stepStoreClock(at - (time.storeNow() - 1_800_000_000_000));
      await due();
      seen.push(rounds());
    }
    expect(seen).toEqual([1, 1, 1, 2, 2, 3, 3, 4]);
  });

  test("more are forgotten than come, however many come, and whatever is passed by", async () => {
    const { time, store, housekeeping, due } = setUp();
    housekeeping.register(unknown("newer"));
    await putLapsing(store, "newer", 500);
    await putLapsing(store, "key", 950);
    await time.advance(minute);
    for (let request = 0; request < 700; request += 1) await due();
    expect(await countOf(store, "key")).toBe(0);
    expect(await countOf(store, "newer")).toBe(500);
  });

  test("one round at a time", async () => {
    const { time, due, rounds } = setUp((store) => ({ clean: () => new Promise(() => {}), list: store.list }));
    const { housekeeping } = setUp();
    for (let count = 0; count < 10; count += 1) {
      await due();
      await time.advance(minute);
    }
    expect(rounds()).toBe(0);
    expect(housekeeping.isStarted).toBe(false);
  });

  test("a round that fails is told to nobody, and a later one finds what it left", async () => {
    let isDown = true;
    const { time, store, due } = setUp((store) => ({
      list: (range) => (isDown ? Promise.reject(new StoreError("down", "not-applied")) : store.list(range)),
    }));
    await putLapsing(store, "key", 2);
    await time.advance(minute);
    await due();
    expect(await countOf(store, "key")).toBe(2);
    isDown = false;
    await time.advance(minute);
    await due();
    expect(await countOf(store, "key")).toBe(0);
  });

  test("cleaning is done too", async () => {
    const clean = vi.fn(async () => ({ removed: 0, more: false }));
    const { due } = setUp(() => ({ clean }));
    await due();
    expect(clean).toHaveBeenCalledTimes(1);
  });
});

describe("with a housekeeper", () => {
  test("requests have nothing done, until all have stopped it who started it", async () => {
    const { time, store, housekeeping, due, rounds } = setUp();
    const stops = [housekeeping.start(), housekeeping.start()];
    await settled();
    const before = rounds();
    await due();
    expect(rounds()).toBe(before);
    expect([housekeeping.isStarted, housekeeping.isLeading]).toEqual([true, true]);
    await stops[0]?.();
    expect(housekeeping.isStarted).toBe(true);
    await stops[1]?.();
    expect([housekeeping.isStarted, housekeeping.isLeading]).toEqual([false, false]);
    expect((await store.read(["_housekeeper"])).records).toEqual([undefined]);
    await time.advance(minute);
    await due();
    expect(rounds()).toBeGreaterThan(before);
  });

  test("a store that is away for long is warned of, and nothing else comes of it", async () => {
    const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    let isDown = true;
    const { time, store, housekeeping } = setUp((store) => ({
      read: (keys) => (isDown ? Promise.reject(new StoreError("It is away.", "not-applied")) : store.read(keys)),
    }));
    await putLapsing(store, "key", 2);
    const stop = housekeeping.start();
    await settled();
    await time.advance(minute);
    expect(warned.mock.calls.map(([text]) => text)).toEqual([
      "Housekeeping failed, and is tried again: StoreError: It is away.",
    ]);
    isDown = false;
    await time.advance(minute);
    expect(await countOf(store, "key")).toBe(0);
    await stop();
    warned.mockRestore();
  });

  test("it stops at once, and never fails to, though the store is away", async () => {
    const { housekeeping } = setUp(() => ({ commit: () => Promise.reject(new StoreError("down", "unknown")) }));
    await expect(housekeeping.start()()).resolves.toBeUndefined();
  });
});

test("each observer is called once with a round, though several have started it, and so is the channel", async () => {
  const { time, store, housekeeping } = setUp();
  const seen: unknown[][] = [[], [], []];
  const end = onDecision((decision) => seen[2]?.push(decision));
  const observer = (decision: unknown): void => void seen[0]?.push(decision);
  housekeeping.start(observer);
  housekeeping.start(observer);
  housekeeping.start((decision) => seen[1]?.push(decision));
  await putLapsing(store, "key", 30);
  await settled();
  await time.advance(5);
  await time.advance(1_100);
  end();
  expect(seen[0]).toEqual(seen[1]);
  expect(seen[0]).toEqual(seen[2]);
  const done = { kind: "housekeeping", cleaned: 0, moreToClean: false, durationMs: expect.any(Number) };
  const key = { kind: "key", offered: 10, ended: 10, events: 10, leftOver: 0, waiting: 20, lagMs: expect.any(Number) };
  expect(seen[0]).toContainEqual({ ...done, lapsed: [key] });
});

test("a store has one housekeeping in a process", () => {
  const store = new SimulatedTime().openStore();
  expect(housekeepingOf(store)).toBe(housekeepingOf(store));
});
