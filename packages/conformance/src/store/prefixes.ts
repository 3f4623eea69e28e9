import assert from "node:assert/strict";
import type { Key, Store } from "@unclash/core/store";
import { byBytes, walk } from "./ranges.js";
import { bury, forget, keysOf, put, putBriefly, readThere } from "./steps.js";
import type { StoreCase } from "./trial.js";

/** Keys of one parent, among them what some comparison orders otherwise: by UTF-16 unit, locale, number or case. */
export const siblings: readonly Key[] = [
  ...["9", "10", "09", "-1", " ", "!", "*", "~"],
  ...["a", "A", "b", "B", "aa", "a b", "a-b", "a_b", "ab", "Z", "_"],
  ...["é", "e\u0301", "z", "ä", "ß", "ss", "ı", "İ", "ñ"],
  ...["\ud7ff", "\ue000", "\ufb01", "\uffff", "😀", "😀a", "𐀀", "\u{10ffff}"],
].map((name) => `order/${name}`);

/** What is under a prefix, and in which order. */
export const prefixCases: readonly StoreCase[] = [
  {
    name: "the records under a prefix come by key, in the order of the bytes of UTF-8",
    async run({ store }) {
      for (const key of siblings) await put(store, key);
      const { records, next } = await store.list({ prefix: "order/", limit: 1_000 });
      assert.deepEqual(keysOf(records), byBytes(siblings));
      assert.equal(next, undefined);
    },
  },
  {
    name: "that order holds across pages too",
    async run({ store }) {
      for (const key of siblings) await put(store, key);
      assert.deepEqual(await walk(store, { prefix: "order/", limit: 1 }), byBytes(siblings));
    },
  },
  {
    name: "a prefix is the parent of its records: neither their descendants nor what looks alike is among them",
    async run({ store }) {
      const inside = ["a_%/1", "a_%/2", "a_%/*"];
      const outside = ["a_%", "a_%/b/1", "a_%/1/2", "abc/1", "ab%/1", "a_bc/1", "A_%/1", "a_%b/1", "a_/1", "x/a_%/1"];
      for (const key of [...inside, ...outside]) await put(store, key);
      assert.deepEqual(keysOf((await store.list({ prefix: "a_%/", limit: 100 })).records), byBytes(inside));
    },
  },
  {
    name: "a prefix with nothing under it gives an empty last page",
    async run({ store }) {
      await put(store, "b/1");
      const { records, next } = await store.list({ prefix: "a/", limit: 10 });
      assert.deepEqual([records, next], [[], undefined]);
    },
  },
  {
    name: "a list gives the records as a read does: whole, and marked where they have lapsed",
    async run({ store, until }) {
      await put(store, "a/1", { put: '{"n":1}' });
      const { lapsesAt } = await putBriefly(store, "a/2");
      await put(store, "a/3", { ttlMs: 60_000 });
      await until(lapsesAt);
      const { records } = await store.list({ prefix: "a/", limit: 10 });
      assert.deepEqual(records, (await store.read(["a/1", "a/2", "a/3"])).records);
      assert.equal(records[1]?.lapsed, true);
    },
  },
  {
    name: "tombstones and forgotten records are in no list, and are back once they are put again",
    async run({ store }) {
      for (const key of ["a/1", "a/2", "a/3"]) await put(store, key);
      await bury(store, "a/1");
      await forget(store, "a/2");
      assert.deepEqual(await under(store, "a/"), ["a/3"]);
      const { records, next } = await store.list({ prefix: "a/", limit: 1 });
      assert.deepEqual([keysOf(records), next], [["a/3"], undefined], "nor do they take up a place on a page");
      await put(store, "a/1");
      await put(store, "a/2");
      assert.deepEqual(await under(store, "a/"), ["a/1", "a/2", "a/3"]);
      await bury(store, "a/1");
      await bury(store, "a/1");
      assert.deepEqual(await under(store, "a/"), ["a/2", "a/3"]);
    },
  },
  {
    name: "a list shows the current state alone",
    async run({ store }) {
      await put(store, "a/1");
      await put(store, "a/1", { put: '"new"' });
      assert.deepEqual((await store.list({ prefix: "a/", limit: 10 })).records, [await readThere(store, "a/1")]);
    },
  },
];

async function under(store: Store, prefix: string): Promise<readonly Key[]> {
  return keysOf((await store.list({ prefix, limit: 1_000 })).records);
}
