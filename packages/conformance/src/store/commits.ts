import assert from "node:assert/strict";
import type { Clash, Write } from "@unclash/core/store";
import {
  apply,
  assertClashes,
  bury,
  clashOn,
  keysOf,
  nextTag,
  put,
  putBriefly,
  readOne,
  refuse,
  submit,
} from "./steps.js";
import type { StoreCase } from "./trial.js";

const stale = { tag: "AAAAAAAAAAAAAAAA" };

/** All or nothing, and how a clash is told. */
export const commitCases: readonly StoreCase[] = [
  {
    name: "a put over a tag clashes where a key that it relies on as absent is there: alive, deleted or lapsed",
    async run({ store, until }) {
      const { tag } = await put(store, "a/1");
      await put(store, "lock/a");
      await put(store, "lock/b");
      await bury(store, "lock/b");
      const { lapsesAt } = await putBriefly(store, "lock/c");
      await until(lapsesAt);
      const over = { key: "a/1", expect: { tag }, put: '"over"' };
      for (const key of ["lock/a", "lock/b", "lock/c"]) {
        const reads = ["lock/x", key].map((read) => ({ key: read, expect: "absent" as const }));
        assertClashes(await refuse(store, { reads, writes: [over] }), [await clashOn(store, key)]);
      }
      await apply(store, { reads: [{ key: "lock/x", expect: "absent" }], writes: [over] });
    },
  },
  {
    name: "a commit whose last expectation fails leaves all keys as they were",
    async run({ store }) {
      await put(store, "a/deleted");
      await put(store, "a/forgotten");
      await put(store, "a/extended", { ttlMs: 60_000 });
      await put(store, "a/redacted");
      await put(store, "a/last");
      const clashes = await refuse(store, {
        writes: [
          { key: "a/new", expect: "absent", put: "{}" },
          { key: "a/deleted", expect: "present", delete: "tombstone" },
          { key: "a/forgotten", expect: "present", delete: "forget" },
          { key: "a/extended", expect: "present", extendMs: 90_000 },
          { key: "a/redacted", expect: "present", redact: "null", version: 1 },
          { key: "a/last", expect: stale, put: "{}" },
        ],
      });
      assertClashes(clashes, [await clashOn(store, "a/last")]);
    },
  },
  {
    name: "a commit whose first expectation fails leaves all keys as they were",
    async run({ store }) {
      await put(store, "a/1");
      const clashes = await refuse(store, {
        writes: [
          { key: "a/1", expect: "absent", put: "{}" },
          { key: "a/2", expect: "absent", put: "{}" },
        ],
      });
      assertClashes(clashes, [await clashOn(store, "a/1")]);
    },
  },
  {
    name: "a commit whose reading fails writes nothing",
    async run({ store }) {
      await put(store, "a/1");
      const reads = [{ key: "a/1", expect: stale }];
      const clashes = await refuse(store, { reads, writes: [{ key: "a/2", expect: "absent", put: "{}" }] });
      assertClashes(clashes, [await clashOn(store, "a/1")]);
    },
  },
  {
    name: "every expectation that failed is named, with what is there instead",
    async run({ store, until }) {
      await put(store, "a/alive");
      await put(store, "a/deleted");
      await bury(store, "a/deleted");
      const { lapsesAt } = await putBriefly(store, "a/lapsed");
      await until(lapsesAt);
      const range = { prefix: "a/", limit: 10 };
      const clashes = await refuse(store, {
        reads: [
          { key: "a/read", expect: "present" },
          { key: "a/alive", expect: "present" },
          { range, seen: [] },
        ],
        writes: [
          { key: "a/new", expect: "absent", put: "{}" },
          { key: "a/missing", expect: "present", put: "{}" },
          { key: "a/alive", expect: stale, put: "{}" },
          { key: "a/deleted", expect: "absent", put: "{}" },
          { key: "a/lapsed", expect: "present", delete: "tombstone" },
        ],
      });
      const named: Clash[] = [{ key: "a/read" }, { range }, { key: "a/missing" }];
      for (const key of ["a/alive", "a/deleted", "a/lapsed"]) named.push(await clashOn(store, key));
      assertClashes(clashes, named);
    },
  },
  {
    name: "a clash shows a lapsed record as lapsed and a tombstone as deleted",
    async run({ store, until }) {
      const { lapsesAt } = await putBriefly(store, "a/lapsed");
      await put(store, "a/deleted");
      await bury(store, "a/deleted");
      await until(lapsesAt);
      const writes: Write[] = ["a/lapsed", "a/deleted"].map((key) => ({ key, expect: "present", put: "{}" }));
      const shown = (await refuse(store, { writes })).map((clash) => ("current" in clash ? clash.current : undefined));
      const marks = shown.map((record) => record?.lapsed ?? record?.deleted ?? false);
      assert.deepEqual(marks, [true, true]);
    },
  },
  {
    name: "a commit that only reads tells whether all of it still holds",
    async run({ store }) {
      const { tag } = await put(store, "a/1");
      const reads = [
        { key: "a/1", expect: { tag } },
        { key: "a/2", expect: "absent" as const },
      ];
      assert.deepEqual(await apply(store, { reads }), []);
      await put(store, "a/2");
      assertClashes(await refuse(store, { reads }), [await clashOn(store, "a/2")]);
    },
  },
  {
    name: "a commit of nothing is committed",
    async run({ store }) {
      assert.deepEqual(await submit(store, {}), { kind: "committed", records: [] });
    },
  },
  {
    name: "a key may be read and written in one commit: both expectations look at what was there before",
    async run({ store }) {
      const reads = [{ key: "a/1", expect: "absent" as const }];
      await apply(store, { reads, writes: [{ key: "a/1", expect: "absent", put: "1" }] });
      await refuse(store, { reads, writes: [{ key: "a/1", expect: "present", put: "2" }] });
      assert.equal((await readOne(store, "a/1"))?.text, "1");
    },
  },
  {
    name: "one commit writes 100 keys, or none of them",
    async run({ store }) {
      const keys = Array.from({ length: 100 }, (_, n) => `many/${n}`);
      const writes = keys.map((key) => ({ key, expect: "absent" as const, put: `"${key}"` }));
      const written = await apply(store, {
        writes,
        reads: keys.map((key) => ({ key: `lock/${key}`, expect: "absent" })),
      });
      assert.deepEqual(
        written.map((record) => record?.text),
        keys.map((key) => `"${key}"`),
      );
      const { records } = await store.list({ prefix: "many/", limit: 1_000 });
      assert.deepEqual(new Set(keysOf(records)), new Set(keys));
      const again = written.map((record, at) => ({
        key: keys[at] ?? "",
        expect: { tag: record?.tag ?? "" },
        put: '"again"',
      }));
      await refuse(store, { writes: [...again.slice(0, 99), { key: "many/99", expect: stale, put: "{}" }] });
      await apply(store, { writes: again });
    },
  },
  {
    name: "a tag in the history of its key tells that a commit was applied, whatever came after",
    async run({ store }) {
      const tag = nextTag();
      await apply(store, { tag, writes: [{ key: "a/1", expect: "absent", put: "{}" }] });
      await put(store, "a/1");
      await bury(store, "a/1");
      const { records } = await store.history("a/1", { limit: 10, texts: false });
      assert.equal(records.filter((record) => record.tag === tag).length, 1);
    },
  },
];
