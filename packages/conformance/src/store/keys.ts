import assert from "node:assert/strict";
import type { Key } from "@unclash/core/store";
import { forget, keysOf, nextTag, put, readOne, statesOf } from "./steps.js";
import type { StoreCase } from "./trial.js";

const oddKeys: readonly Key[] = [
  "__proto__",
  "a/__proto__",
  "a/constructor",
  "a/toString",
  "a/hasOwnProperty",
  "a/*",
  "a/%",
  "a/_",
  "a/a_b",
  "a/a%20b",
  "a/?",
  "a/[a-z]",
  "a/{hash}tag",
  "a/:",
  "a/a:b",
  "a/'; drop table records; --",
  'a/"quoted"',
  "a/back\\slash",
  "a/ leading and trailing ",
  "a/$1",
  "a/null",
  "a/0",
  "a/00",
  "a/é",
  "a/e\u0301",
  "a/😀",
  "a/\ue000",
  "a/\u202e",
  "A/1",
  "a/UPPER",
  "a/upper",
  "a/b/c/d",
  "a//b",
  "no slash",
];

const longestKey: Key = `${"d/".repeat(256)}${"é".repeat(256)}`;

/** Keys are any text, and none is special. */
export const keyCases: readonly StoreCase[] = [
  {
    name: "any key names its own record: names that objects have, wildcards, quotes, Unicode, upper and lower case",
    async run({ store }) {
      for (const key of oddKeys) await put(store, key, { put: JSON.stringify(key) });
      const { records } = await store.read(oddKeys);
      assert.deepEqual(
        records.map((record) => record?.text),
        oddKeys.map((key) => JSON.stringify(key)),
      );
      assert.deepEqual(
        records.map((record) => record?.version),
        oddKeys.map(() => 1),
      );
    },
  },
  {
    name: "names that objects have are absent until they are put",
    async run({ store }) {
      const keys = ["__proto__", "constructor", "a/__proto__", "a/constructor", "a/toString"];
      const { records } = await store.read(keys);
      assert.deepEqual(records, [undefined, undefined, undefined, undefined, undefined]);
      for (const key of keys) {
        assert.deepEqual(await statesOf(store, key), []);
        await put(store, key, { expect: "absent" });
        await forget(store, key);
        assert.equal(await readOne(store, key), undefined);
      }
    },
  },
  {
    name: "names that objects have serve as prefix, index and index value",
    async run({ store }) {
      for (const word of ["__proto__", "constructor"]) {
        assert.deepEqual((await store.list({ prefix: `${word}/`, limit: 1 })).records, []);
        assert.deepEqual((await store.list({ index: word, from: "", to: "z", limit: 1 })).records, []);
        const key = `${word}/${word}`;
        await put(store, key, { index: [{ name: word, value: word, unique: true }] });
        assert.deepEqual(keysOf((await store.list({ prefix: `${word}/`, limit: 2 })).records), [key]);
        assert.deepEqual(keysOf((await store.list({ index: word, from: word, to: word, limit: 2 })).records), [key]);
      }
    },
  },
  {
    name: "a key may be 1,024 bytes long",
    async run({ store }) {
      assert.equal(new TextEncoder().encode(longestKey).length, 1_024);
      const sibling = `${longestKey.slice(0, -1)}a`;
      await put(store, longestKey, { put: "1" });
      await put(store, sibling, { put: "2" });
      assert.equal((await readOne(store, longestKey))?.text, "1");
      const { records } = await store.list({ prefix: "d/".repeat(256), limit: 10 });
      assert.deepEqual(keysOf(records), [sibling, longestKey]);
    },
  },
  {
    name: "actors, causes and the types of events are any text",
    async run({ store }) {
      const odd = `O'Brien "${nextTag()}" \\ 😀 __proto__`;
      const events = [{ type: odd, key: "a/1", data: '"\\u0000"' }];
      const writes = [{ key: "a/1", expect: "any" as const, put: "{}" }];
      const now = (await store.read([])).now;
      await store.commit({ tag: nextTag(), at: now, reads: [], writes, events, by: odd, cause: odd });
      const record = await readOne(store, "a/1");
      assert.deepEqual([record?.by, record?.cause], [odd, odd]);
    },
  },
];
