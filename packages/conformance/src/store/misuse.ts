import assert from "node:assert/strict";
import type { Commit, Store } from "@unclash/core/store";
import { put, readOne } from "./steps.js";
import type { StoreCase } from "./trial.js";

const longKey = `a/${"é".repeat(512)}`;

const misuses: Readonly<Record<string, (store: Store) => Promise<unknown>>> = {
  "a read of 257 keys": (store) => store.read(Array.from({ length: 257 }, (_, n) => `a/${n}`)),
  "a read of an empty key": (store) => store.read([""]),
  "a read of a key over 1,024 bytes": (store) => store.read([longKey]),
  "a key with a control character": (store) => store.read(["a/\u0000"]),
  "a key with half a surrogate pair": (store) => store.read(["a/\ud800"]),
  "a commit that writes a key twice": (store) =>
    commit(store, {
      writes: [
        { key: "a/1", expect: "any", put: "{}" },
        { key: "a/1", expect: "any", delete: "tombstone" },
      ],
    }),
  "a write of a key over 1,024 bytes": (store) =>
    commit(store, { writes: [{ key: longKey, expect: "any", put: "{}" }] }),
  "a reading of a key with a control character": (store) => commit(store, { reads: [{ key: "a/\n", expect: "any" }] }),
  "a reading of an index": (store) =>
    commit(store, { reads: [{ range: { index: "n", from: "a", to: "b", limit: 1 }, seen: [] }] }),
  "a reading of what lapsed": (store) => commit(store, { reads: [{ range: { lapsedBefore: 1, limit: 1 }, seen: [] }] }),
  "a reading of a prefix without its slash": (store) =>
    commit(store, { reads: [{ range: { prefix: "a", limit: 1 }, seen: [] }] }),
  "a ttl of 0": (store) => commit(store, { writes: [{ key: "a/1", expect: "any", put: "{}", ttlMs: 0 }] }),
  "a ttl of half a millisecond": (store) =>
    commit(store, { writes: [{ key: "a/1", expect: "any", put: "{}", ttlMs: 0.5 }] }),
  "an extension of -1": (store) => commit(store, { writes: [{ key: "a/1", expect: "any", extendMs: -1 }] }),
  "an index value over 512 bytes": (store) =>
    commit(store, { writes: [{ key: "a/1", expect: "any", put: "{}", index: [{ name: "n", value: longKey }] }] }),
  "event data over 8 KiB": (store) =>
    commit(store, { events: [{ type: "t", key: "a/1", data: JSON.stringify("x".repeat(8_192)) }] }),
  "a list with a limit of 0": (store) => store.list({ prefix: "a/", limit: 0 }),
  "a list with a limit of 1,001": (store) => store.list({ prefix: "a/", limit: 1_001 }),
  "a list of what lapsed, descending": (store) => store.list(untyped({ lapsedBefore: 1, limit: 1, descending: true })),
  "a list in a direction that is none": (store) => store.list(untyped({ prefix: "a/", limit: 1, descending: "desc" })),
  "a list of a prefix without its slash": (store) => store.list({ prefix: "a", limit: 1 }),
  "a history with a limit of 0": (store) => store.history("a/1", { limit: 0, texts: true }),
  "a history with a limit of 1,001": (store) => store.history("a/1", { limit: 1_001, texts: true }),
  "a history of an empty key": (store) => store.history("", { limit: 1, texts: true }),
  "a cleaning with a budget of 0": (store) => store.clean(0),
};

// What callers in JavaScript can pass although no type allows it.
function untyped<T>(value: unknown): T {
  return JSON.parse(JSON.stringify(value));
}

/** Mistakes of the caller, which no store carries out. */
export const misuseCases: readonly StoreCase[] = Object.entries(misuses).map(([what, act]) => ({
  name: `a mistake of the caller is a TypeError, and nothing is written: ${what}`,
  async run({ store }) {
    const before = await put(store, "a/1");
    await assert.rejects(async () => act(store), TypeError);
    assert.deepEqual(await readOne(store, "a/1"), before);
  },
}));

async function commit(store: Store, draft: Partial<Commit>): Promise<void> {
  const { now } = await store.read([]);
  const nothing = { reads: [], writes: [], events: [] };
  await store.commit({ tag: "misusemisusemisu", at: now, by: null, cause: "test", ...nothing, ...draft });
}
