import type { IndexValue, Store, StoredRecord, Tag, Write } from "@unclash/core/store";
import { redisUrl } from "@unclash/test-servers";
import { describe, expect, onTestFinished, test } from "vitest";
import { createRedisStore } from "./store.js";
import { commitOf, connectTo, freshName, putOf, removeStore } from "./store.test-support.js";

const url = redisUrl ?? "";

async function open() {
  const name = freshName();
  const store = await createRedisStore({ url, name });
  onTestFinished(async () => {
    await store.close();
    await removeStore(url, name);
  });
  return { store, redis: connectTo(url), prefix: `{${name}}:` };
}

async function written(store: Store, write: Write): Promise<StoredRecord> {
  const result = await store.commit(commitOf([write]));
  const record = result.kind === "committed" ? result.records[0] : undefined;
  if (!record) throw new Error(`this was to be written: ${JSON.stringify(result)}`);
  return record;
}

const over = (tag: Tag, rest: Partial<Extract<Write, { put: unknown }>> = {}): Write =>
  putOf("a/1", { put: '"new"', ...rest, expect: { tag } });

async function valuesOf(store: Store, index: string): Promise<readonly string[]> {
  const { records } = await store.list({ index, from: "", to: "~", limit: 100 });
  return records.map(({ key }) => key);
}

describe.skipIf(redisUrl === undefined)("one put over a tag, which has a script of its own", () => {
  test("relies on keys that are absent: nothing may be there, alive, lapsed or deleted", async () => {
    const { store } = await open();
    const { tag } = await written(store, putOf("a/1"));
    await written(store, putOf("lock/alive"));
    await written(store, putOf("lock/deleted"));
    await written(store, { key: "lock/deleted", expect: "any", delete: "tombstone" });
    const { lapsesAt = 0 } = await written(store, putOf("lock/lapsed", { ttlMs: 1 }));
    await expect.poll(async () => (await store.read([])).now).toBeGreaterThanOrEqual(lapsesAt);
    const before = (await store.read(["a/1"])).records;
    for (const key of ["lock/alive", "lock/deleted", "lock/lapsed"]) {
      const reads = ["lock/none", key, "lock/nothing"].map((one) => ({ key: one, expect: "absent" as const }));
      const result = await store.commit(commitOf([over(tag)], { reads }));
      expect(result).toMatchObject({ kind: "clash", clashes: [{ key }] });
    }
    expect((await store.read(["a/1"])).records).toEqual(before);
    const reads = [{ key: "lock/none", expect: "absent" as const }];
    expect((await store.commit(commitOf([over(tag)], { reads }))).kind).toBe("committed");
  });

  test("names all that it clashes with, the keys that were to be absent too", async () => {
    const { store } = await open();
    await written(store, putOf("a/1"));
    await written(store, putOf("lock/1"));
    const reads = [{ key: "lock/1", expect: "absent" as const }];
    const result = await store.commit(commitOf([over("stale")], { reads }));
    expect(result).toMatchObject({ kind: "clash", clashes: [{ key: "lock/1" }, { key: "a/1" }] });
  });

  test.each<[string, readonly IndexValue[] | undefined, readonly string[]]>([
    ["the same values", [{ name: "n", value: "old", unique: true }], ["a/1"]],
    ["another value", [{ name: "n", value: "new", unique: true }], ["a/1"]],
    [
      "values more",
      [
        { name: "n", value: "old", unique: true },
        { name: "n", value: "more", unique: true },
      ],
      ["a/1", "a/1"],
    ],
    ["no values", [], []],
    ["nothing said of values", undefined, []],
  ])("leaves the index as it was told to: %s", async (_, index, keys) => {
    const { store } = await open();
    const { tag } = await written(store, putOf("a/1", { index: [{ name: "n", value: "old", unique: true }] }));
    await written(store, over(tag, index === undefined ? {} : { index }));
    expect(await valuesOf(store, "n")).toEqual(keys);
    const free = (index ?? []).some(({ value }) => value === "old") ? "clash" : "committed";
    const claim = putOf("a/2", { index: [{ name: "n", value: "old", unique: true }] });
    expect((await store.commit(commitOf([claim]))).kind).toBe(free);
  });

  test("gives a record its first index values, and does not take another's", async () => {
    const { store } = await open();
    const index = [{ name: "n", value: "taken", unique: true }];
    await written(store, putOf("a/2", { index }));
    const { tag } = await written(store, putOf("a/1"));
    const clash = { index: "n", value: "taken", key: "a/1", holder: "a/2" };
    expect(await store.commit(commitOf([over(tag, { index })]))).toEqual({ kind: "clash", clashes: [clash] });
    await written(store, over(tag, { index: [{ name: "n", value: "free", unique: true }] }));
    expect(await valuesOf(store, "n")).toEqual(["a/1", "a/2"]);
  });

  test("does not take a tombstone, or what has lapsed, for the living record with its tag", async () => {
    const { store } = await open();
    await written(store, putOf("a/1"));
    const { tag: gone } = await written(store, { key: "a/1", expect: "any", delete: "tombstone" });
    expect((await store.commit(commitOf([over(gone)]))).kind).toBe("clash");
    const { tag, lapsesAt = 0 } = await written(store, putOf("a/1", { ttlMs: 1 }));
    await expect.poll(async () => (await store.read([])).now).toBeGreaterThanOrEqual(lapsesAt);
    expect((await store.commit(commitOf([over(tag)]))).kind).toBe("clash");
  });

  test("takes away the time at which a record was to lapse", async () => {
    const { store } = await open();
    const { tag } = await written(store, putOf("a/1", { ttlMs: 60_000 }));
    expect(await written(store, over(tag))).not.toHaveProperty("lapsesAt");
    expect((await store.read(["a/1"])).records[0]).not.toHaveProperty("lapsesAt");
  });

  test("writes nothing at all where it clashes", async () => {
    const { store, redis, prefix } = await open();
    await written(store, putOf("a/1"));
    await written(store, putOf("a/1"));
    const dump = async () => [await redis.hgetall(`${prefix}r:a/1`), await redis.get(`${prefix}rev`)];
    const before = await dump();
    const keys = await redis.keys(`${prefix}*`);
    const events = [{ type: "changed", key: "a/1" }];
    expect((await store.commit(commitOf([over("stale")], { events }))).kind).toBe("clash");
    expect(await dump()).toEqual(before);
    expect((await redis.keys(`${prefix}*`)).sort()).toEqual(keys.sort());
  });

  test("looks at what a retention lets go at the moment that it asks for, not sooner and not later", async () => {
    const { store } = await open();
    const longMs = 3_600_000;
    const { now } = await store.read([]);
    const kept = { count: 0, ageMs: longMs };
    let { tag } = await written(store, putOf("a/1", { keep: kept }));
    const at = (n: number) => ({ at: now - longMs - 1_000 + n });
    for (let n = 0; n < 3; n++) {
      const result = await store.commit(commitOf([over(tag, { keep: kept })], n < 2 ? at(n) : { at: now }));
      tag = result.kind === "committed" ? (result.records[0]?.tag ?? "") : "";
    }
    expect(await store.clean(10)).toEqual({ removed: 2, more: false });
    const { records } = await store.history("a/1", { limit: 10, texts: false });
    expect(records.map(({ version }) => version)).toEqual([4, 3]);
  });
});
