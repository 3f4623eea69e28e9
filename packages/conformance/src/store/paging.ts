import assert from "node:assert/strict";
import type { Key, Page, Range, Store, Text } from "@unclash/core/store";
import { assertBounded, byBytes, compareBytes, largeText, walk } from "./ranges.js";
import { apply, bury, forget, keysOf, put, putBriefly } from "./steps.js";
import type { StoreCase } from "./trial.js";

/** Walks over the pages of each kind of range. */
export const pagingCases: readonly StoreCase[] = [
  {
    name: "pages of any size give every record of a prefix once",
    async run({ store }) {
      const keys = await putMany(store, 21);
      for (const limit of [1, 2, 7, 20, 21, 22, 1_000]) {
        assert.deepEqual(await walk(store, { prefix: "page/", limit }), keys, `pages of ${limit}`);
      }
    },
  },
  {
    name: "a page that ends with the last record of its range is the last page",
    async run({ store }) {
      await putMany(store, 4);
      assert.equal((await store.list({ prefix: "page/", limit: 4 })).next, undefined);
      const { next } = await store.list({ prefix: "page/", limit: 3 });
      assert.notEqual(next, undefined);
      const last = await store.list({ prefix: "page/", limit: 1, after: next ?? "" });
      assert.equal(last.next, undefined);
    },
  },
  {
    name: "a walk goes on where its last page ended, although the record there is gone",
    async run({ store }) {
      const keys = await putMany(store, 6);
      const { next } = await store.list({ prefix: "page/", limit: 3 });
      await forget(store, keys[2] ?? "");
      await bury(store, keys[1] ?? "");
      const { records } = await store.list({ prefix: "page/", limit: 10, after: next ?? "" });
      assert.deepEqual(keysOf(records), keys.slice(3));
    },
  },
  {
    name: "a walk meets what is put after its position, and not what is put before it",
    async run({ store }) {
      await putMany(store, 4);
      const { next } = await store.list({ prefix: "page/", limit: 2 });
      await put(store, "page/00x");
      await put(store, "page/01x");
      const { records } = await store.list({ prefix: "page/", limit: 10, after: next ?? "" });
      assert.deepEqual(keysOf(records), ["page/01x", "page/02", "page/03"]);
    },
  },
  {
    name: "pages of an index give every record once, by value, then key, also where values are the same",
    async run({ store }) {
      const values = ["", "\u0001", "b", "a", "a", "a\u0001b", "a", "😀", "\ue000", "b"];
      for (const [n, value] of values.entries()) {
        await put(store, `page/${9 - n}`, { index: [{ name: "word", value }] });
      }
      const places = values.map((value, n) => ({ value, key: `page/${9 - n}` }));
      const keys = places
        .sort((a, b) => compareBytes(a.value, b.value) || compareBytes(a.key, b.key))
        .map(({ key }) => key);
      for (const limit of [1, 2, 3, 10]) {
        assert.deepEqual(
          await walk(store, { index: "word", from: "", to: "\u{10ffff}", limit }),
          keys,
          `pages of ${limit}`,
        );
      }
    },
  },
  {
    name: "pages of what has lapsed give every record once, also where several lapsed at one moment",
    async run({ store, until }) {
      const keys = byBytes(["page/b", "page/a", "page/é", "other/1", "page/c"]);
      const writes = [...keys].reverse().map((key) => ({ key, expect: "any" as const, put: "{}", ttlMs: 5 }));
      await apply(store, { writes });
      const { lapsesAt } = await putBriefly(store, "a-later-one", { ttlMs: 20 });
      await until(lapsesAt);
      for (const limit of [1, 2, 6, 10]) {
        const found = await walk(store, { lapsedBefore: lapsesAt + 1, limit });
        assert.deepEqual(found, [...keys, "a-later-one"], `pages of ${limit}`);
      }
    },
  },
  {
    name: "a page holds up to 1,000 records",
    async run({ store }) {
      const keys: Key[] = [];
      for (let hundred = 0; hundred < 10; hundred++) keys.push(...(await putHundred(store, hundred)));
      await put(store, "page/last");
      const { records, next } = await store.list({ prefix: "page/", limit: 1_000 });
      assert.deepEqual(keysOf(records), keys);
      assert.deepEqual(keysOf((await store.list({ prefix: "page/", limit: 1_000, after: next ?? "" })).records), [
        "page/last",
      ]);
    },
  },
  {
    name: "a page of large texts ends before its limit, and its next goes on: no record is lost or comes twice",
    async run({ store }) {
      const texts = await putLarge(store);
      const ranges: readonly Range[] = [
        { prefix: "page/", limit: 1_000 },
        { prefix: "page/", limit: texts.size },
        { index: "size", from: "large", to: "large", limit: 1_000 },
        { prefix: "page/", limit: 1_000, descending: true },
        { index: "size", from: "large", to: "large", limit: 1_000, descending: true },
      ];
      for (const range of ranges) {
        const pages = await pagesOf(store, range);
        assert(pages.length > 1, "12 texts of 1 MiB are more than one page");
        for (const { records } of pages) assertBounded(records);
        const records = pages.flatMap((page) => page.records);
        assert.deepEqual(keysOf(records), inDirection([...texts.keys()], range));
        for (const { key, text } of records) assert(text === texts.get(key), `${key} has its text`);
      }
    },
  },
  {
    name: "a page ends with the record whose text brings its texts to as much as was asked for, 8 MiB at most",
    async run({ store }) {
      const all = [...(await putLarge(store)).keys()];
      for (const range of bothWays) {
        const keys = inDirection(all, range);
        for (const [textBytesMax, count] of [
          [1, 1],
          [1_048_576, 1],
          [1_048_577, 2],
          [3_145_728, 3],
          [1_073_741_824, 8],
        ] as const) {
          const { records, next } = await store.list({ ...range, limit: 1_000, textBytesMax });
          assert.deepEqual(keysOf(records), keys.slice(0, count), `${textBytesMax} bytes`);
          assert(next !== undefined, "more follow");
        }
        const bare = await store.list({ ...range, limit: 1_000, texts: false, textBytesMax: 1 });
        assert.equal(bare.records.length, keys.length, "without texts it is no bound");
      }
    },
  },
  {
    name: "a page of large texts that is cut at its limit and by no more has its limit's records",
    async run({ store }) {
      const keys = [...(await putLarge(store)).keys()];
      const range: Range = { prefix: "page/", limit: 3 };
      assert.deepEqual(
        (await pagesOf(store, range)).map(({ records }) => keysOf(records)),
        [keys.slice(0, 3), keys.slice(3, 6), keys.slice(6, 9), keys.slice(9)],
      );
    },
  },
  {
    name: "a reading of a range does not look at texts: large ones do not end it before its limit",
    async run({ store }) {
      const keys = [...(await putLarge(store)).keys()];
      const range: Range = { prefix: "page/", limit: 1_000 };
      const { records } = await store.list({ ...range, texts: false });
      const seen = records.map(({ key, tag }) => ({ key, tag }));
      assert.deepEqual(keysOf(records), keys);
      await apply(store, { reads: [{ range, seen }] });
    },
  },
  {
    name: "a page without texts has no bound but its limit",
    async run({ store }) {
      const keys = [...(await putLarge(store)).keys()];
      const bare = (await store.read(keys)).records.map((record) => ({ ...record, text: null }));
      for (const range of bothWays) {
        const { records, next } = await store.list({ ...range, limit: 12, texts: false });
        // Compared as JSON: should texts be there, a failure must not print a diff of 12 MiB.
        assert(JSON.stringify(records.map(({ text }) => text)) === JSON.stringify(keys.map(() => null)), "no texts");
        assert.deepEqual(records, inDirection(bare, range));
        assert.equal(next, undefined);
      }
    },
  },
];

// The two ranges that hold all large texts, in both directions.
const bothWays = [
  { prefix: "page/" },
  { index: "size", from: "large", to: "large" },
  { prefix: "page/", descending: true },
  { index: "size", from: "large", to: "large", descending: true },
] as const;

function inDirection<T>(ascending: readonly T[], range: object): readonly T[] {
  return "descending" in range ? ascending.toReversed() : ascending;
}

async function pagesOf(store: Store, range: Range): Promise<readonly Page[]> {
  const pages: Page[] = [await store.list(range)];
  for (let next = pages[0]?.next; next !== undefined; next = pages.at(-1)?.next) {
    assert(pages.length < 100, "a walk over a small range ends");
    pages.push(await store.list({ ...range, after: next }));
  }
  return pages;
}

// 12 texts of 1 MiB, each its own.
async function putLarge(store: Store): Promise<ReadonlyMap<Key, Text>> {
  const texts = new Map<Key, Text>();
  for (let n = 0; n < 12; n++) {
    const key = `page/${String(n).padStart(2, "0")}`;
    texts.set(key, largeText(n));
    await put(store, key, { put: largeText(n), index: [{ name: "size", value: "large" }] });
  }
  return texts;
}

async function putMany(store: Store, count: number): Promise<readonly Key[]> {
  const keys = Array.from({ length: count }, (_, n) => `page/${String(n).padStart(2, "0")}`);
  for (const key of keys.toReversed()) await put(store, key);
  return keys;
}

async function putHundred(store: Store, hundred: number): Promise<readonly Key[]> {
  const keys = Array.from({ length: 100 }, (_, n) => `page/${hundred}${String(n).padStart(2, "0")}`);
  await apply(store, { writes: keys.map((key) => ({ key, expect: "absent", put: "{}" })) });
  return keys;
}
