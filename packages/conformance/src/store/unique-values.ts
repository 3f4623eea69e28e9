import assert from "node:assert/strict";
import type { Clash, IndexValue, Key, Write } from "@unclash/core/store";
import {
  apply,
  assertClashes,
  bury,
  forget,
  keysOf,
  nextTag,
  put,
  putBriefly,
  readOne,
  refuse,
  write,
} from "./steps.js";
import type { StoreCase } from "./trial.js";

/** Values that one record alone may hold. */
export const uniqueCases: readonly StoreCase[] = [
  {
    name: "a unique value that another record holds is a clash that names its holder, and nothing is written",
    async run({ store }) {
      await put(store, "a/1", { index: unique("x") });
      const clashes = await refuse(store, {
        writes: [{ key: "a/0", expect: "absent", put: "{}" }, holding("a/2", "x")],
      });
      assertClashes(clashes, [taken("a/2", "x", "a/1")]);
      assert.equal(await readOne(store, "a/2"), undefined);
    },
  },
  {
    name: "every unique value that is taken is named",
    async run({ store }) {
      await put(store, "a/1", { index: unique("x") });
      await put(store, "a/2", { index: unique("y") });
      const index = [...unique("x"), ...unique("y"), ...unique("z")];
      const clashes = await refuse(store, { writes: [{ key: "a/3", expect: "any", put: "{}", index }] });
      assertClashes(clashes, [taken("a/3", "x", "a/1"), taken("a/3", "y", "a/2")]);
    },
  },
  {
    name: "unique values are told apart byte by byte",
    async run({ store }) {
      const values = ["", "a", "A", "a ", "é", "e\u0301", "\u0001", "a\u0001", "😀"];
      for (const [n, value] of values.entries()) await put(store, `a/${n}`, { index: unique(value) });
      for (const [n, value] of values.entries()) {
        assertClashes(await refuse(store, { writes: [holding("b/1", value)] }), [taken("b/1", value, `a/${n}`)]);
      }
    },
  },
  {
    name: "the same unique value may stand in two indexes",
    async run({ store }) {
      await put(store, "a/1", { index: [{ name: "email", value: "x", unique: true }] });
      await put(store, "a/2", { index: [{ name: "name", value: "x", unique: true }] });
    },
  },
  {
    name: "values that are not unique may be held by many",
    async run({ store }) {
      for (const key of ["a/1", "a/2", "a/3"]) await put(store, key, { index: [{ name: "unique", value: "x" }] });
    },
  },
  {
    name: "a record may keep its unique value and take others",
    async run({ store }) {
      await put(store, "a/1", { index: unique("x") });
      await put(store, "a/1", { index: unique("x") });
      await put(store, "a/1", { index: [...unique("x"), ...unique("y")] });
    },
  },
  {
    name: "two records swap their unique values in one commit",
    async run({ store }) {
      await put(store, "a/1", { index: unique("x") });
      await put(store, "a/2", { index: unique("y") });
      await apply(store, { writes: [holding("a/1", "y"), holding("a/2", "x")] });
      const { records } = await store.list({ index: "unique", from: "x", to: "y", limit: 10 });
      assert.deepEqual(keysOf(records), ["a/2", "a/1"]);
    },
  },
  {
    name: "a unique value moves on in the commit that gives it up, in whatever order its writes stand",
    async run({ store }) {
      const releases: readonly ((key: Key) => Write)[] = [
        (key) => ({ key, expect: "present", put: "{}" }),
        (key) => holding(key, `another of ${key}`),
        (key) => ({ key, expect: "present", delete: "tombstone" }),
        (key) => ({ key, expect: "present", delete: "forget" }),
      ];
      for (const [n, release] of releases.entries()) {
        for (const [order, value] of [`early ${n}`, `late ${n}`].entries()) {
          await put(store, `old/${value}`, { index: unique(value) });
          const writes = [release(`old/${value}`), holding(`new/${value}`, value)];
          await apply(store, { writes: order === 0 ? writes : writes.toReversed() });
          const { records } = await store.list({ index: "unique", from: value, to: value, limit: 10 });
          assert.deepEqual(keysOf(records), [`new/${value}`]);
        }
      }
    },
  },
  {
    name: "two writes of one commit that claim the same unique value clash",
    async run({ store }) {
      const clashes = await refuse(store, { writes: [holding("a/1", "x"), holding("a/2", "x")] });
      assert.equal(clashes.length, 1);
      const [clash] = clashes;
      assert(clash !== undefined && "holder" in clash);
      assert.deepEqual(
        [clash.index, clash.value, new Set([clash.key, clash.holder])],
        ["unique", "x", new Set(["a/1", "a/2"])],
      );
    },
  },
  {
    name: "a unique value is free again after a tombstone, after forgetting, and after a put without it",
    async run({ store }) {
      await put(store, "a/1", { index: unique("x") });
      await bury(store, "a/1");
      await put(store, "a/2", { index: unique("x") });
      await forget(store, "a/2");
      await put(store, "a/3", { index: unique("x") });
      await put(store, "a/3");
      await put(store, "a/4", { index: unique("x") });
      await put(store, "a/4", { index: unique("y") });
      await put(store, "a/5", { index: unique("x") });
    },
  },
  {
    name: "a lapsed record still holds its unique value, until it is written over",
    async run({ store, until }) {
      const { lapsesAt, tag } = await putBriefly(store, "a/1", { index: unique("x") });
      await until(lapsesAt);
      assertClashes(await refuse(store, { writes: [holding("a/2", "x")] }), [taken("a/2", "x", "a/1")]);
      const release: Write = { key: "a/1", expect: { lapsed: tag }, delete: "forget" };
      await apply(store, { writes: [release, holding("a/2", "x")] });
    },
  },
  {
    name: "a record that is only extended or redacted releases nothing",
    async run({ store }) {
      await put(store, "a/1", { ttlMs: 60_000, index: unique("x") });
      const kept: readonly Write[] = [
        { key: "a/1", expect: "any", extendMs: 90_000 },
        { key: "a/1", expect: "any", redact: "null", version: 1 },
      ];
      for (const one of kept) {
        assertClashes(await refuse(store, { writes: [one, holding("a/2", "x")] }), [taken("a/2", "x", "a/1")]);
        await write(store, one);
        assertClashes(await refuse(store, { writes: [holding("a/2", "x")] }), [taken("a/2", "x", "a/1")]);
      }
    },
  },
  {
    name: "a commit that clashes releases nothing",
    async run({ store }) {
      const { tag } = await put(store, "a/1", { index: unique("x") });
      const release: Write = { key: "a/1", expect: { tag }, delete: "forget" };
      await refuse(store, { writes: [release, { key: "a/2", expect: "present", put: "{}" }] });
      assertClashes(await refuse(store, { writes: [holding("a/2", "x")] }), [taken("a/2", "x", "a/1")]);
    },
  },
  {
    name: "of many commits that claim a unique value at once, one gets it",
    async run({ store }) {
      const { now } = await store.read([]);
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, n) => {
          const writes = [holding(`a/${n}`, "x")];
          return store.commit({ tag: nextTag(), at: now, reads: [], writes, events: [], by: null, cause: "test" });
        }),
      );
      assert.equal(results.filter(({ kind }) => kind === "committed").length, 1);
      const { records } = await store.list({ index: "unique", from: "x", to: "x", limit: 10 });
      assert.equal(records.length, 1);
      const holder = records[0]?.key ?? "";
      for (const result of results) {
        if (result.kind === "committed") continue;
        const named = result.clashes.map((clash) => ("holder" in clash ? clash.holder : undefined));
        assert.deepEqual(named, [holder], "the losers are told who holds it");
      }
    },
  },
];

function unique(value: string): readonly IndexValue[] {
  return [{ name: "unique", value, unique: true }];
}

function holding(key: Key, value: string): Write {
  return { key, expect: "any", put: "{}", index: unique(value) };
}

function taken(key: Key, value: string, holder: Key): Clash {
  return { index: "unique", value, key, holder };
}
