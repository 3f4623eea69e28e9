import { storeSuite } from "@unclash/conformance/store";
import type { Commit, Key, Range, Store, Write } from "@unclash/core/store";
import { describe, expect, it, test } from "vitest";
import { createMemoryStore } from "./store.js";

storeSuite({ test, open: async ({ clock }) => createMemoryStore({ clock: clock.now }) });

let tags = 0;

function commit(store: Store, writes: readonly Write[], rest: Partial<Commit> = {}): ReturnType<Store["commit"]> {
  tags++;
  return store.commit({
    tag: `tag-${tags}`,
    at: tags,
    reads: [],
    writes,
    events: [],
    by: null,
    cause: "test",
    ...rest,
  });
}

function put(store: Store, key: Key, options: Partial<Extract<Write, { put: unknown }>> = {}): Promise<unknown> {
  return commit(store, [{ expect: "any", put: "{}", ...options, key }]);
}

describe("createMemoryStore", () => {
  it("loses everything with its process, and says so", () => {
    const { capabilities } = createMemoryStore();
    expect(capabilities).toEqual({ durability: "none", failover: "safe", processes: "one" });
  });

  it("takes the time from the machine where no clock is given", async () => {
    const before = Date.now();
    const { now } = await createMemoryStore().read([]);
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(Date.now());
  });

  it("refuses a clock that is none, and names the option", () => {
    const options = JSON.parse('{ "clock": 5 }');
    expect(() => createMemoryStore(options)).toThrow("clock must be a function");
    expect(() => createMemoryStore(JSON.parse('{ "maxSize": 5 }'))).toThrow("maxSize is not an option");
  });

  it("makes a record once and gives the same one to all who read it", async () => {
    let now = 0;
    const store = createMemoryStore({ clock: () => now });
    await put(store, "a/1", { ttlMs: 5 });
    const twice = async (): Promise<readonly unknown[]> => (await store.read(["a/1", "a/1"])).records;
    const [first, second] = await twice();
    expect(first).toBe(second);
    now = 5;
    const [lapsed, again] = await twice();
    expect(lapsed).toBe(again);
    expect(lapsed).not.toBe(first);
    now = 4;
    expect((await twice())[0], "a clock that steps back brings the record back to life").toBe(first);
  });

  it("gives all records of a commit one revision, one above that of the commit before", async () => {
    const store = createMemoryStore();
    const pair = (): readonly Write[] => [
      { key: "a/1", expect: "any", put: "{}" },
      { key: "a/2", expect: "any", put: "{}" },
    ];
    const results = [await commit(store, pair()), await commit(store, pair())];
    const revisions = results.map((result) =>
      result.kind === "committed" ? result.records.map((record) => record?.revision) : [],
    );
    expect(revisions).toEqual([
      [1, 1],
      [2, 2],
    ]);
  });

  it("keeps no past state from the start where none is to be kept", async () => {
    const store = createMemoryStore();
    for (let n = 0; n < 3; n++) await put(store, "a/1", { keep: "none" });
    expect((await store.history("a/1", { limit: 10, texts: true })).records).toHaveLength(1);
    expect(await store.clean(10)).toEqual({ removed: 0, more: false });
  });

  it("does its check and its act in one step: what is committed in the same turn is committed in order", async () => {
    const store = createMemoryStore();
    const results = await Promise.all(
      [1, 2].map((n) => commit(store, [{ key: "a/1", expect: "absent", put: `${n}` }])),
    );
    expect(results.map(({ kind }) => kind)).toEqual(["committed", "clash"]);
  });
});

describe("list", () => {
  const foreign: Record<string, Range> = {
    "a key in an index": { index: "n", from: "", to: "z", limit: 1, after: "a/1" },
    "a key among what lapsed": { lapsedBefore: 5, limit: 1, after: "a/1" },
    "a value among what lapsed": { lapsedBefore: 5, limit: 1, after: "red\u0000a/1" },
  };
  it.each(Object.entries(foreign))("refuses a position that is none of its own: %s", async (_, range) => {
    await expect(createMemoryStore().list(range)).rejects.toThrow(TypeError);
  });

  it("shows nothing below the lower bound of an index, wherever it is to go on", async () => {
    const store = createMemoryStore();
    for (const value of ["a", "b", "c"]) await put(store, `x/${value}`, { index: [{ name: "n", value }] });
    const { records } = await store.list({ index: "n", from: "b", to: "c", limit: 10, after: "\u0000" });
    expect(records.map(({ key }) => key)).toEqual(["x/b", "x/c"]);
  });
});

describe("clean", () => {
  const hourMs = 60 * 60 * 1_000;

  it("drops events after 25 hours, not before, within its budget", async () => {
    let now = 0;
    const store = createMemoryStore({ clock: () => now });
    const events = [1, 2, 3].map((n) => ({ type: "test", key: `a/${n}` }));
    await commit(store, [], { at: now, events });
    now = 25 * hourMs;
    await commit(store, [], { at: now, events });
    expect(await store.clean(10)).toEqual({ removed: 0, more: false });
    now++;
    expect(await store.clean(2)).toEqual({ removed: 2, more: true });
    expect(await store.clean(2)).toEqual({ removed: 1, more: false });
  });

  it("shares its budget between events and past states", async () => {
    let now = 0;
    const store = createMemoryStore({ clock: () => now });
    for (let n = 0; n < 4; n++) await put(store, "a/1", { keep: { count: 0 } });
    await commit(store, [], { at: now, events: [{ type: "test", key: "a/1" }] });
    now = 26 * hourMs;
    expect(await store.clean(2)).toEqual({ removed: 2, more: true });
    expect(await store.clean(2)).toEqual({ removed: 2, more: false });
  });

  it("removes a past state at the moment at which its age is reached, not before", async () => {
    let now = 1_000;
    const store = createMemoryStore({ clock: () => now });
    const keep = { ageMs: 100 };
    for (const at of [1_000, 1_010, 1_020])
      await commit(store, [{ key: "a/1", expect: "any", put: "{}", keep }], { at });
    now = 1_109;
    expect((await store.clean(10)).removed).toBe(0);
    now = 1_110;
    expect((await store.clean(10)).removed).toBe(1);
    now = 1_120;
    expect((await store.clean(10)).removed).toBe(1);
  });
});
