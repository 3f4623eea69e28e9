import assert from "node:assert/strict";
import type { Key, Store } from "@unclash/core/store";
import { byBytes } from "./ranges.js";
import { bury, forget, keysOf, put, putBriefly, readThere, write } from "./steps.js";
import type { StoreCase } from "./trial.js";

const values: readonly string[] = [
  ...["", "a", "A", "a ", " a", "aa", "b", "10", "9", "é", "e\u0301", "ß", "\ue000", "\ufb01", "😀", "\u{10ffff}"],
  ...["\u0001", "a\u0001", "a\u0001b", "a\nb", "it's", '"', "\\", "%", "_", "a:b", "a|b", "a/b"],
  "é".repeat(256),
];

/** Looking records up by their values. */
export const indexCases: readonly StoreCase[] = [
  {
    name: "the records of an index come by value, in the order of the bytes of UTF-8",
    async run({ store }) {
      for (const [n, value] of values.entries()) await put(store, `a/${n}`, { index: [{ name: "word", value }] });
      const keys = byBytes(values).map((value) => `a/${values.indexOf(value)}`);
      assert.deepEqual(await lookUp(store, "word", "", "\u{10ffff}"), keys);
    },
  },
  {
    name: "an index is looked up by one exact value",
    async run({ store }) {
      for (const [n, value] of values.entries()) await put(store, `a/${n}`, { index: [{ name: "word", value }] });
      for (const [n, value] of values.entries()) {
        assert.deepEqual(await lookUp(store, "word", value, value), [`a/${n}`], JSON.stringify(value));
      }
      assert.deepEqual(await lookUp(store, "word", "zz", "zz"), []);
    },
  },
  {
    name: "both bounds of an index range are included, and nothing outside them",
    async run({ store }) {
      for (const value of ["a", "b", "ba", "c", "d", "da"])
        await put(store, `a/${value}`, { index: [{ name: "word", value }] });
      assert.deepEqual(await lookUp(store, "word", "b", "d"), ["a/b", "a/ba", "a/c", "a/d"]);
      assert.deepEqual(await lookUp(store, "word", "d", "b"), []);
    },
  },
  {
    name: "records with the same value come by key, whatever their parents",
    async run({ store }) {
      const keys = ["b/1", "a/2", "a/😀", "a/\ue000", "c", "a/1/x"];
      for (const key of keys) await put(store, key, { index: [{ name: "word", value: "same" }] });
      assert.deepEqual(await lookUp(store, "word", "same", "same"), byBytes(keys));
    },
  },
  {
    name: "indexes with different names know nothing of each other",
    async run({ store }) {
      await put(store, "a/1", { index: [{ name: "x", value: "1" }] });
      await put(store, "a/2", { index: [{ name: "X", value: "1" }] });
      await put(store, "a/3", { index: [{ name: "xx", value: "1" }] });
      assert.deepEqual(await lookUp(store, "x", "", "9"), ["a/1"]);
    },
  },
  {
    name: "a record is found once under each of its values, though one stood twice in the set",
    async run({ store }) {
      const index = ["red", "blue", "red", "green"].map((value) => ({ name: "tag", value }));
      await put(store, "a/1", { index });
      await put(store, "a/2", { index: [{ name: "tag", value: "green" }] });
      assert.deepEqual(await lookUp(store, "tag", "red", "red"), ["a/1"]);
      assert.deepEqual(await lookUp(store, "tag", "blue", "red"), ["a/1", "a/1", "a/2", "a/1"]);
    },
  },
  {
    name: "a put replaces the values of its record, and one without values leaves none",
    async run({ store }) {
      await put(store, "a/1", { index: ["1", "2"].map((value) => ({ name: "n", value })) });
      await put(store, "a/1", { index: ["2", "3"].map((value) => ({ name: "n", value })) });
      assert.deepEqual(await lookUp(store, "n", "1", "1"), []);
      assert.deepEqual(await lookUp(store, "n", "2", "3"), ["a/1", "a/1"]);
      await put(store, "a/1", { index: ["2", "3"].map((value) => ({ name: "m", value })) });
      assert.deepEqual(await lookUp(store, "n", "", "9"), []);
      assert.deepEqual(await lookUp(store, "m", "", "9"), ["a/1", "a/1"]);
      await put(store, "a/1");
      assert.deepEqual(await lookUp(store, "m", "", "9"), []);
    },
  },
  {
    name: "a tombstone and a forgotten record have no values, and get none back by themselves",
    async run({ store }) {
      for (const key of ["a/1", "a/2"]) await put(store, key, { index: [{ name: "n", value: key }] });
      await bury(store, "a/1");
      await forget(store, "a/2");
      assert.deepEqual(await lookUp(store, "n", "", "z"), []);
      await put(store, "a/1");
      await put(store, "a/2");
      assert.deepEqual(await lookUp(store, "n", "", "z"), []);
    },
  },
  {
    name: "an index gives the current state, marked where it has lapsed",
    async run({ store, until }) {
      const index = [{ name: "n", value: "1" }];
      await put(store, "a/1", { index });
      const { lapsesAt } = await putBriefly(store, "a/1", { index, put: '"new"' });
      await until(lapsesAt);
      const { records } = await store.list({ index: "n", from: "1", to: "1", limit: 10 });
      assert.deepEqual(records, [await readThere(store, "a/1")]);
      assert.deepEqual([records[0]?.text, records[0]?.lapsed], ['"new"', true]);
    },
  },
  {
    name: "an extension and a redaction leave the values of their record alone",
    async run({ store }) {
      await put(store, "a/1", { ttlMs: 60_000, index: [{ name: "n", value: "1" }] });
      await write(store, { key: "a/1", expect: "present", extendMs: 90_000 });
      await write(store, { key: "a/1", expect: "present", redact: "null", version: 1 });
      assert.deepEqual(await lookUp(store, "n", "1", "1"), ["a/1"]);
    },
  },
];

async function lookUp(store: Store, index: string, from: string, to: string): Promise<readonly Key[]> {
  return keysOf((await store.list({ index, from, to, limit: 1_000 })).records);
}
