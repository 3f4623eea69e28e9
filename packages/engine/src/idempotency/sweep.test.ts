import { StoreError } from "@unclash/core";
import type { Store } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import { describe, expect, test, vi } from "vitest";
import { recordText } from "./record.js";
import { recordKey } from "./scope.js";
import { claimCause, createSweep } from "./sweep.js";

const start = 1_800_000_000_000;
const minute = 60_000;

function setUp() {
  let now = start;
  let tags = 0;
  const store = createMemoryStore({ clock: () => now });
  const put = async (count: number, ttlMs: number, state: "answered" | "running" = "answered", prefix = "k") => {
    const put = recordText(
      state === "running"
        ? { state, fingerprint: "f", keepMs: 10 * minute }
        : { state, fingerprint: "f", answer: { status: 200, headers: {}, body: "{}" } },
    );
    for (let n = 0; n < count; n += 1) {
      const writes = [{ key: recordKey(`${prefix}${n}`), expect: "any", put, ttlMs, keep: "none" }] as const;
      const cause = state === "running" ? claimCause : "create";
      await store.commit({ tag: `t${tags++}`, at: now, reads: [], writes, events: [], by: null, cause });
    }
  };
  return {
    store,
    put,
    now: () => now,
    advance(ms: number) {
      now += ms;
    },
    left: async () =>
      (await store.list({ prefix: "idempotency/", limit: 1_000 })).records.map(({ key }) => key.slice(12)),
  };
}

test("what has lapsed is forgotten for good, and what lives stays, as does all that is no key's", async () => {
  const { store, put, advance, now, left } = setUp();
  await put(3, minute);
  advance(2);
  await put(1, minute, "answered", "later");
  const other = { key: "lock/articles/1", expect: "absent", put: "{}", ttlMs: 1 } as const;
  await store.commit({ tag: "l", at: now(), reads: [], writes: [other], events: [], by: null, cause: "lock" });
  advance(minute - 1);
  createSweep(store).due(now());
  await vi.waitFor(async () => expect(await left()).toEqual(["later0"]));
  expect((await store.history(recordKey("k0"), { limit: 10, texts: false })).records).toEqual([]);
  expect((await store.read(["lock/articles/1"])).records).toMatchObject([{ lapsed: true }]);
});

test("what began and was never answered is remembered for as long as an answer would have been", async () => {
  const { store, put, advance, now, left } = setUp();
  await put(1, 1_000, "running");
  advance(10 * minute - 1);
  const sweep = createSweep(store);
  await put(1, 1, "answered", "short");
  const read = vi.spyOn(store, "read");
  sweep.due(now());
  await vi.waitFor(() => expect(read).toHaveBeenCalled());
  await settled();
  expect(await left()).toContain("k0");
  advance(minute);
  sweep.due(now());
  await vi.waitFor(async () => expect(await left()).toEqual([]));
});

test("what may not be forgotten yet, however much of it there is, does not keep the rest", async () => {
  const { store, put, advance, now, left } = setUp();
  await put(250, 1_000, "running", "claim");
  const foreign = { key: "lock/a", expect: "any", put: "{}", ttlMs: 1_000 } as const;
  const unreadable = { key: recordKey("newer"), expect: "any", put: "{}", ttlMs: 1_000 } as const;
  for (const [tag, write] of [
    ["x", foreign],
    ["y", unreadable],
  ] as const) {
    const writes = [write];
    await store.commit({ tag, at: now(), reads: [], writes, events: [], by: null, cause: claimCause });
  }
  advance(1_000);
  await put(1_200, 1_000, "answered", "answer");
  advance(minute);
  const sweep = createSweep(store);
  for (let request = 0; request < 1_500; request += 1) {
    sweep.due(now());
    await settled();
  }
  const kept = await left();
  expect(kept.filter((key) => key.startsWith("answer"))).toEqual([]);
  expect(kept).toHaveLength(251);
  advance(10 * minute);
  for (let request = 0; request < 500; request += 1) {
    sweep.due(now());
    await settled();
  }
  expect(await left()).toEqual(["newer"]);
});

describe("how often:", () => {
  const counting = (store: Store) => {
    const list = vi.fn(store.list);
    return { store: { ...store, list }, sweeps: () => list.mock.calls.length };
  };

  test("once a minute where there is little to forget, also where the clock steps back", async () => {
    const { store, sweeps } = counting(createMemoryStore({ clock: () => start }));
    const sweep = createSweep(store);
    const seen: number[] = [];
    for (const at of [0, 1, minute - 1, minute, minute + 1, 5, 6, 5 + minute]) {
      sweep.due(start + at);
      seen.push(sweeps());
      await settled();
    }
    expect(seen).toEqual([1, 1, 1, 2, 2, 3, 3, 4]);
  });

  test("more are forgotten than come, however many come", async () => {
    const { store, put, advance, now, left } = setUp();
    await put(950, 1_000);
    advance(minute);
    const sweep = createSweep(store);
    for (let request = 0; request < 500; request += 1) {
      sweep.due(now());
      await settled();
    }
    expect(await left()).toEqual([]);
  });

  test("one at a time", async () => {
    const { store, sweeps } = counting({ ...createMemoryStore(), list: () => new Promise(() => {}) });
    const sweep = createSweep(store);
    for (let at = 0; at < 10 * minute; at += minute) sweep.due(start + at);
    expect(sweeps()).toBe(1);
  });
});

test("a sweep that fails is told to nobody, and the next one finds what it left", async () => {
  const { store, put, advance, now, left } = setUp();
  await put(2, 1_000);
  advance(minute);
  let isDown = true;
  const failing: Store = {
    ...store,
    list: (range) => (isDown ? Promise.reject(new StoreError("down", "not-applied")) : store.list(range)),
  };
  const sweep = createSweep(failing);
  expect(() => sweep.due(now())).not.toThrow();
  await settled();
  expect(await left()).toHaveLength(2);
  isDown = false;
  advance(minute);
  sweep.due(now());
  await vi.waitFor(async () => expect(await left()).toEqual([]));
});

test("a key that is used again between the look and the commit is not forgotten, and all others are", async () => {
  const { store, put, advance, now, left } = setUp();
  await put(3, 1_000);
  advance(minute);
  const raced: Store = {
    ...store,
    async list(range) {
      const page = await store.list(range);
      await put(1, minute);
      return page;
    },
  };
  createSweep(raced).due(now());
  await vi.waitFor(async () => expect(await left()).toEqual(["k0"]));
  expect((await store.read([recordKey("k0")])).records[0]?.lapsed).toBeUndefined();
});

test("two processes that sweep at once forget everything once", async () => {
  const { store, put, advance, now, left } = setUp();
  await put(150, 1_000);
  advance(minute);
  for (const sweep of [createSweep(store), createSweep(store), createSweep(store)]) sweep.due(now());
  await vi.waitFor(async () => expect(await left()).toEqual([]));
});

/** Lets all that a store in memory has to do be done. */
async function settled(): Promise<void> {
  for (let turns = 0; turns < 20; turns += 1) await Promise.resolve();
}
