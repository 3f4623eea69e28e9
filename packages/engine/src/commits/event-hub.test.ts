import { StoreError } from "@unclash/core";
import type { Commit, Store, StoredEvent } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import { expect, test, vi } from "vitest";
import { createTag } from "./commit-tag.js";
import { EventHub, type HubOptions } from "./event-hub.js";
import type { EventPage } from "./event-page.js";

/** A hub over a store, with what writes events to it, and counts how often the store is followed. */
function setUp(options: HubOptions = {}, faults: { fails?: number } = {}) {
  const memory = createMemoryStore();
  const followed: string[] = [];
  const store: Store = {
    ...memory,
    follow(after, stop) {
      followed.push(after);
      if ((faults.fails ?? 0) > 0) {
        faults.fails = (faults.fails ?? 0) - 1;
        throw new StoreError("The store is away.", "not-applied");
      }
      return memory.follow(after, stop);
    },
  };
  let at = 0;
  const tell = async (...keys: readonly string[]): Promise<void> => {
    for (const key of keys) {
      at += 1;
      const events = [{ type: "something.happened", key }];
      const commit: Commit = { tag: createTag(), at, reads: [], writes: [], events, by: null, cause: "test" };
      await memory.commit(commit);
    }
  };
  return { hub: new EventHub(store, options), store, followed, tell };
}

function keysOf(page: EventPage): readonly string[] | "reset" {
  return page.kind === "reset" ? "reset" : page.events.map(({ stored }) => stored.key);
}

const names = (from: number, count: number): readonly string[] =>
  Array.from({ length: count }, (_, n) => `${from + n}`);

test("many readers share one following", async () => {
  const { hub, followed, tell } = setUp();
  const start = await hub.place();
  const heard: number[] = [];
  for (let reader = 0; reader < 50; reader += 1) hub.listen(() => heard.push(reader));
  await tell("a", "b", "c");
  await vi.waitFor(() => expect(heard.length).toBeGreaterThanOrEqual(50));
  const pages = await Promise.all(names(0, 50).map(() => hub.read(start, 2)));
  for (const page of pages) expect(keysOf(page)).toEqual(["a", "b"]);
  const [first] = pages;
  expect(keysOf(await hub.read(first?.next ?? "", 10))).toEqual(["c"]);
  expect(followed).toEqual(["now"]);
});

test("who begins at the start misses nothing of a store that is slow to answer", async () => {
  const { store, tell } = setUp();
  await tell("a", "b");
  const slow: Store = {
    ...store,
    async *follow(after, stop) {
      await new Promise((resolve) => setTimeout(resolve, 400));
      yield* store.follow(after, stop);
    },
  };
  const hub = new EventHub(slow);
  expect(keysOf(await hub.read("start", 10))).toEqual(["a", "b"]);
});

test("late readers get what the hub no longer holds, a page at a time for all of them", async () => {
  const { hub, followed, tell } = setUp({ eventsMax: 5 });
  const start = await hub.place();
  await tell(...names(1, 100));
  await vi.waitFor(async () => expect(hub.held(start, 1)).toBeUndefined());
  expect(keysOf(await hub.read(start, 3))).toEqual(["1", "2", "3"]);
  const places = [start];
  for (let n = 0; n < 60; n += 1) places.push((await hub.read(places[n] ?? "", 1)).next);
  followed.length = 0;
  const pages = await Promise.all(places.map((place) => hub.read(place, 200)));
  for (const [n, page] of pages.entries()) expect(keysOf(page)).toEqual(names(n + 1, 100 - n));
  expect(followed).toEqual([start]);
});

test("a reader walks from any place to the end without a gap, whatever is held", async () => {
  const { hub, tell } = setUp({ eventsMax: 7 });
  let place = await hub.place();
  await tell(...names(0, 40));
  const seen: string[] = [];
  for (let round = 0; round < 60 && seen.length < 60; round += 1) {
    if (round === 10) await tell(...names(40, 20));
    const page = await hub.read(place, 3);
    const keys = keysOf(page);
    seen.push(...(keys === "reset" ? ["reset"] : keys));
    place = page.next;
  }
  expect(seen).toEqual(names(0, 60));
});

test("a place of another log is a reset, once, and reading goes on behind it", async () => {
  const { hub, tell } = setUp();
  await hub.place();
  await tell("a");
  const page = await hub.read("0000000000000001.000.AAAAAAAAAAAAAAAA", 10);
  expect(keysOf(page)).toBe("reset");
  await tell("b");
  await vi.waitFor(async () => expect(keysOf(await hub.read(page.next, 10))).toEqual(["b"]));
});

test("a place that another process has seen before this one is no reset", async () => {
  const { hub, tell, store } = setUp();
  await hub.place();
  let last = "";
  await tell("a");
  const stop = new AbortController();
  for await (const each of store.follow("start", stop.signal)) {
    if ("cursor" in each) last = each.cursor;
    break;
  }
  stop.abort();
  expect(await hub.read(last, 10)).toMatchObject({ kind: "events", events: [], next: last });
});

test("a hub goes on after the store has failed, with nothing lost", async () => {
  const faults = { fails: 0 };
  const { hub, store, tell } = setUp({ pace: { nowMs: () => 0, pause: () => Promise.resolve() } }, faults);
  faults.fails = 1;
  await expect(hub.place()).rejects.toThrow("The store is away.");
  const place = await hub.place();
  await tell("a");
  await vi.waitFor(async () => expect(keysOf(await hub.read(place, 10))).toEqual(["a"]));
  await store.close();
  await vi.waitFor(() => expect(hub.isFollowing).toBe(false));
});

test("a hub that nobody reads follows no more, and begins again for the next reader", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  try {
    let nowMs = 0;
    const { hub, followed, tell } = setUp({ idleMs: 1_000, pace: { nowMs: () => nowMs, pause: async () => {} } });
    const place = await hub.place();
    const leave = hub.listen(() => {});
    nowMs = 5_000;
    vi.advanceTimersByTime(5_000);
    expect(hub.isFollowing).toBe(true);
    leave();
    nowMs = 6_500;
    vi.advanceTimersByTime(1_500);
    expect(hub.isFollowing).toBe(false);
    await tell("a");
    expect(keysOf(await hub.read(place, 10))).toEqual(["a"]);
    expect(followed.filter((after) => after === "now")).toHaveLength(2);
  } finally {
    vi.useRealTimers();
  }
});

test("whoever can do without the first place waits for it once, where it does not come", async () => {
  let nowMs = 0;
  const pauses: number[] = [];
  const pause = async (durationMs: number): Promise<void> => {
    pauses.push(durationMs);
    nowMs += durationMs;
  };
  const silent: Store = { ...createMemoryStore(), follow: never };
  const hub = new EventHub(silent, { pace: { nowMs: () => nowMs, pause } });
  for (let asked = 0; asked < 50; asked += 1) expect(await hub.placeSoon(100)).toBeUndefined();
  expect(pauses).toEqual([100]);
  nowMs += 5_000;
  await hub.placeSoon(100);
  expect(pauses).toEqual([100, 100]);
  const { hub: following } = setUp();
  const place = await following.placeSoon(100);
  expect(place).toBe(await following.place());
});

async function* never(): AsyncGenerator<StoredEvent, void, undefined> {
  await new Promise(() => {});
}

test("what begins where the oldest event is kept is there at once, also where there is none", async () => {
  const { hub, tell } = setUp();
  expect(keysOf(await hub.read("start", 10))).toEqual([]);
  await tell("a", "b");
  expect(keysOf(await hub.read("start", 1))).toEqual(["a"]);
  const [late, first] = await Promise.all([hub.read((await hub.read("start", 1)).next, 5), hub.read("start", 5)]);
  expect([keysOf(late), keysOf(first)]).toEqual([["b"], ["a", "b"]]);
});

test("once all engines have left, a hub follows no more", async () => {
  const { hub } = setUp();
  const [first, second] = [hub.join(), hub.join()];
  await hub.place();
  first();
  first();
  expect(hub.isFollowing).toBe(true);
  second();
  expect(hub.isFollowing).toBe(false);
});
