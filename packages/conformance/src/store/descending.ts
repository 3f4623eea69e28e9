import assert from "node:assert/strict";
import type { Key, Range, Reading, Store } from "@unclash/core/store";
import { siblings } from "./prefixes.js";
import { byBytes, compareBytes, walk } from "./ranges.js";
import { apply, assertClashes, bury, forget, keysOf, put, putBriefly, refuse } from "./steps.js";
import type { StoreCase } from "./trial.js";

const prefix = "page/";
const limits = [1, 2, 3, 7, 1_000];

// Many keys under few values, put in no order: keys of one value come by falling key.
const ties: readonly (readonly [value: string, key: Key])[] = [
  ...[5, 1, 4, 2, 3].flatMap((n): [string, Key][] => ["b", "a", "c"].map((value) => [value, `page/${value}${n}`])),
  ["a", "a/\ue000"],
  ["a", "a/😀"],
  ["\ue000", "page/x"],
  ["😀", "page/y"],
  ["", "page/z"],
];

/** Ranges that are read backwards. */
export const descendingCases: readonly StoreCase[] = [
  {
    name: "a descending range of a prefix is its order reversed, in pages of any size",
    async run({ store }) {
      for (const key of siblings) await put(store, key);
      for (const limit of limits) {
        const found = await walk(store, { prefix: "order/", descending: true, limit });
        assert.deepEqual(found, byBytes(siblings).toReversed(), `pages of ${limit}`);
      }
    },
  },
  {
    name: "a descending range of an index comes by falling value, and by falling key where values are the same",
    async run({ store }) {
      await putTies(store);
      for (const limit of limits) {
        const found = await walk(store, { index: "word", from: "", to: "\u{10ffff}", descending: true, limit });
        assert.deepEqual(found, tiesInOrder().toReversed(), `pages of ${limit}`);
      }
      const one: Range = { index: "word", from: "a", to: "a", descending: true, limit: 2 };
      const keys = byBytes(ties.filter(([value]) => value === "a").map(([, key]) => key));
      assert.deepEqual(await walk(store, one), keys.toReversed(), "one value alone");
    },
  },
  {
    name: "a range that is said not to be descending is ascending",
    async run({ store }) {
      const keys = await putMany(store, 3);
      const { records } = await store.list({ prefix, descending: false, limit: 3 });
      assert.deepEqual(keysOf(records), keys);
    },
  },
  {
    name: "both bounds of a descending index range are included, and nothing outside them",
    async run({ store }) {
      for (const value of ["a", "b", "b\u0001", "ba", "c", "d", "d\u0001", "da"]) {
        await put(store, `a/${value.replace("\u0001", "!")}`, { index: [{ name: "word", value }] });
      }
      const between = async (from: string, to: string): Promise<readonly Key[]> =>
        keysOf((await store.list({ index: "word", from, to, descending: true, limit: 100 })).records);
      assert.deepEqual(await between("b", "d"), ["a/d", "a/c", "a/ba", "a/b!", "a/b"]);
      assert.deepEqual(await between("d", "b"), []);
      assert.deepEqual(await between("d", "d"), ["a/d"]);
    },
  },
  {
    name: "a record with several values comes once for each of them, the greatest value first",
    async run({ store }) {
      const index = ["red", "blue", "green"].map((value) => ({ name: "tag", value }));
      await put(store, "a/1", { index });
      await put(store, "a/2", { index: [{ name: "tag", value: "green" }] });
      for (const limit of [1, 2, 10]) {
        const found = await walk(store, { index: "tag", from: "", to: "z", descending: true, limit });
        assert.deepEqual(found, ["a/1", "a/2", "a/1", "a/1"], `pages of ${limit}`);
      }
    },
  },
  {
    name: "a descending page that ends with the first record of its range is the last page",
    async run({ store }) {
      await putMany(store, 4);
      assert.equal((await store.list({ prefix, descending: true, limit: 4 })).next, undefined);
      const { next } = await store.list({ prefix, descending: true, limit: 3 });
      assert.notEqual(next, undefined);
      const last = await store.list({ prefix, descending: true, limit: 1, after: next ?? "" });
      assert.deepEqual([keysOf(last.records), last.next], [["page/00"], undefined]);
    },
  },
  {
    name: "a descending list gives the records as an ascending one does: whole, and marked where they have lapsed",
    async run({ store, until }) {
      const index = [{ name: "word", value: "same" }];
      for (const n of [1, 2, 3]) await put(store, `page/${n}`, { index, put: `${n}` });
      const { lapsesAt } = await putBriefly(store, "page/4", { index });
      await put(store, "page/gone", { index });
      await bury(store, "page/gone");
      await put(store, "page/forgotten", { index });
      await forget(store, "page/forgotten");
      await until(lapsesAt);
      for (const range of [{ prefix }, { index: "word", from: "same", to: "same" }] as const) {
        const ascending = await store.list({ ...range, limit: 10 });
        const { records, next } = await store.list({ ...range, descending: true, limit: 4 });
        assert.deepEqual(records, ascending.records.toReversed());
        assert.deepEqual([records[0]?.lapsed, next], [true, undefined], "tombstones take up no place");
      }
    },
  },
  {
    name: "a descending walk goes on where its last page ended, although the record there is gone",
    async run({ store }) {
      const keys = await putMany(store, 6);
      for (const range of bothRanges) {
        const { next } = await store.list({ ...range, limit: 3 });
        await forget(store, keys[3] ?? "");
        await bury(store, keys[4] ?? "");
        const { records } = await store.list({ ...range, limit: 10, after: next ?? "" });
        assert.deepEqual(keysOf(records), keys.slice(0, 3).toReversed());
        await putMany(store, 6);
      }
    },
  },
  {
    name: "a descending walk meets what is put before its position, and not what is put behind it",
    async run({ store }) {
      await putMany(store, 4);
      for (const range of bothRanges) {
        const { next } = await store.list({ ...range, limit: 2 });
        for (const key of ["page/01x", "page/02x", "page/9"]) await putPlaced(store, key);
        const { records } = await store.list({ ...range, limit: 10, after: next ?? "" });
        assert.deepEqual(keysOf(records), ["page/01x", "page/01", "page/00"]);
        for (const key of ["page/01x", "page/02x", "page/9"]) await forget(store, key);
      }
    },
  },
  {
    name: "a walk turns around at the place where a page ended: the record there does not come again",
    async run({ store }) {
      const keys = await putMany(store, 6);
      for (const { descending, ...range } of bothRanges) {
        const up = await store.list({ ...range, limit: 3 });
        const down = await store.list({ ...range, descending, limit: 10, after: up.next ?? "" });
        assert.deepEqual(keysOf(down.records), [keys[1], keys[0]]);
        const fromTop = await store.list({ ...range, descending, limit: 3 });
        const back = await store.list({ ...range, limit: 10, after: fromTop.next ?? "" });
        assert.deepEqual(keysOf(back.records), [keys[4], keys[5]]);
      }
    },
  },
  {
    name: "a descending walk beside writers meets each record that stays once, in order",
    async run({ store }) {
      const keys = await putMany(store, 30);
      for (const range of bothRanges) {
        let isWalking = true;
        // Some records come and go, and those that stay are written over in their places.
        const writers = [0, 1, 2, 9].map(async (place) => {
          for (let n = 0; isWalking; n++) {
            const key = `page/${place}5-${n}`;
            await putPlaced(store, key);
            await putPlaced(store, keys[n % keys.length] ?? "");
            await bury(store, key);
          }
        });
        const found: Key[] = [];
        let after: string | undefined;
        do {
          const page = await store.list({ ...range, limit: 2, ...(after !== undefined && { after }) });
          found.push(...keysOf(page.records));
          after = page.next;
        } while (after !== undefined);
        isWalking = false;
        await Promise.all(writers);
        assert.deepEqual(found, byBytes([...new Set(found)]).toReversed(), "in order, and none twice");
        assert.deepEqual(
          keys.filter((key) => !found.includes(key)),
          [],
          "none is missing",
        );
      }
    },
  },
  {
    name: "a reading of a descending page relies on that page alone",
    async run({ store }) {
      for (const key of ["a/2", "a/3", "a/4", "a/5"]) await put(store, key);
      const range: Range = { prefix: "a/", descending: true, limit: 2 };
      const reads = [await readRange(store, range)];
      await put(store, "a/1");
      await put(store, "a/3");
      await apply(store, { reads });
      await put(store, "a/6");
      assertClashes(await refuse(store, { reads }), [{ range }]);
    },
  },
  {
    name: "a reading of a later descending page relies on that page alone",
    async run({ store }) {
      for (const key of ["a/2", "a/3", "a/4", "a/5"]) await put(store, key);
      const { next } = await store.list({ prefix: "a/", descending: true, limit: 2 });
      const range: Range = { prefix: "a/", descending: true, limit: 2, after: next ?? "" };
      const reads = [await readRange(store, range)];
      for (const key of ["a/1", "a/4", "a/6"]) await put(store, key);
      await apply(store, { reads });
      await bury(store, "a/3");
      assertClashes(await refuse(store, { reads }), [{ range }]);
    },
  },
  {
    name: "a descending reading holds in its own order, and not in the other",
    async run({ store }) {
      const seen = [await put(store, "a/1"), await put(store, "a/2")].map(({ key, tag }) => ({ key, tag }));
      const range: Range = { prefix: "a/", descending: true, limit: 10 };
      await apply(store, { reads: [{ range, seen: seen.toReversed() }] });
      assertClashes(await refuse(store, { reads: [{ range, seen }] }), [{ range }]);
      const none: Range = { prefix: "b/", descending: true, limit: 1 };
      await apply(store, { reads: [{ range: none, seen: [] }] });
    },
  },
];

// Both hold what `putMany` puts, in one order.
const bothRanges = [
  { prefix, descending: true },
  { index: "place", from: "", to: "\u{10ffff}", descending: true },
] as const;

async function putMany(store: Store, count: number): Promise<readonly Key[]> {
  const keys = Array.from({ length: count }, (_, n) => `page/${String(n).padStart(2, "0")}`);
  for (const key of keys.toReversed()) await putPlaced(store, key);
  return keys;
}

// Ten records share a value, which begins their keys: so the order by value and key is that by key.
async function putPlaced(store: Store, key: Key): Promise<void> {
  await put(store, key, { index: [{ name: "place", value: key.slice(0, "page/0".length) }] });
}

async function putTies(store: Store): Promise<void> {
  for (const [value, key] of ties) await put(store, key, { index: [{ name: "word", value }] });
}

function tiesInOrder(): readonly Key[] {
  const sorted = ties.toSorted(([a, x], [b, y]) => compareBytes(a, b) || compareBytes(x, y));
  return sorted.map(([, key]) => key);
}

async function readRange(store: Store, range: Range): Promise<Reading> {
  const { records } = await store.list(range);
  return { range, seen: records.map(({ key, tag }) => ({ key, tag })) };
}
