import assert from "node:assert/strict";
import type { Range, Reading, Store, Write } from "@unclash/core/store";
import { apply, assertClashes, bury, forget, nextTag, put, putBriefly, refuse, submit, write } from "./steps.js";
import type { StoreCase, Trial } from "./trial.js";

const whole: Range = { prefix: "a/", limit: 1_000 };

/** What happens to the range `a/` of `a/1`, `a/2` and `a/3` after it was read, and whether the reading still holds. */
interface Happening {
  readonly what: string;
  readonly holds: boolean;
  readonly act: (store: Store) => Promise<unknown>;
}

const happenings: readonly Happening[] = [
  { what: "nothing happened", holds: true, act: async () => {} },
  { what: "a record appeared at its end", holds: false, act: (store) => put(store, "a/4") },
  { what: "a record appeared at its beginning", holds: false, act: (store) => put(store, "a/0") },
  { what: "a record appeared in its middle", holds: false, act: (store) => put(store, "a/2x") },
  { what: "a record of it became a tombstone", holds: false, act: (store) => bury(store, "a/2") },
  { what: "a record of it was forgotten", holds: false, act: (store) => forget(store, "a/2") },
  { what: "a record of it was put again with the same text", holds: false, act: (store) => put(store, "a/2") },
  {
    what: "a record of it was redacted",
    holds: false,
    act: (store) => write(store, { key: "a/2", expect: "any", redact: "null", version: 1 }),
  },
  {
    what: "a record vanished and another came",
    holds: false,
    async act(store) {
      await forget(store, "a/3");
      await put(store, "a/4");
    },
  },
  {
    what: "a record of it was extended",
    holds: true,
    act: (store) => write(store, { key: "a/2", expect: "any", extendMs: 60_000 }),
  },
  { what: "a tombstone was written outside what it shows", holds: true, act: (store) => bury(store, "a/gone") },
  { what: "a record appeared below one of its records", holds: true, act: (store) => put(store, "a/1/x") },
  { what: "a record appeared under another prefix", holds: true, act: (store) => put(store, "ab/1") },
  {
    what: "a record came and went",
    holds: true,
    async act(store) {
      await put(store, "a/4");
      await bury(store, "a/4");
    },
  },
];

async function relyOn({ store }: Trial, { holds, act }: Happening): Promise<void> {
  await put(store, "a/gone");
  await bury(store, "a/gone");
  for (const key of ["a/1", "a/2", "a/3"]) await put(store, key);
  const reads = [await readRange(store, whole)];
  await act(store);
  const writes: readonly Write[] = [{ key: "written", expect: "absent", put: "{}" }];
  if (holds) await apply(store, { reads, writes });
  else assertClashes(await refuse(store, { reads, writes }), [{ range: whole }]);
}

/** Commits that rely on a range, phantoms included. */
export const rangeReadingCases: readonly StoreCase[] = [
  ...happenings.map((happening) => ({
    name: `a range that was read ${happening.holds ? "still holds" : "no longer holds"} where ${happening.what}`,
    run: (trial: Trial) => relyOn(trial, happening),
  })),
  {
    name: "a range that was read as empty holds until something is in it",
    async run({ store }) {
      const reads: readonly Reading[] = [{ range: whole, seen: [] }];
      await put(store, "a/1");
      await bury(store, "a/1");
      await apply(store, { reads });
      await put(store, "a/2");
      assertClashes(await refuse(store, { reads }), [{ range: whole }]);
    },
  },
  {
    name: "a lapsed record is still in the range",
    async run({ store, until }) {
      const { lapsesAt } = await putBriefly(store, "a/1");
      const reads = [await readRange(store, whole)];
      await until(lapsesAt);
      await apply(store, { reads });
      assertClashes(await refuse(store, { reads: [{ range: whole, seen: [] }] }), [{ range: whole }]);
    },
  },
  {
    name: "a range that was read in another order does not hold",
    async run({ store }) {
      const seen = [await put(store, "a/1"), await put(store, "a/2")].map(({ key, tag }) => ({ key, tag }));
      await apply(store, { reads: [{ range: whole, seen }] });
      await refuse(store, { reads: [{ range: whole, seen: seen.toReversed() }] });
    },
  },
  {
    name: "a reading of a first page relies on that page alone",
    async run({ store }) {
      for (const key of ["a/2", "a/3", "a/4"]) await put(store, key);
      const range: Range = { prefix: "a/", limit: 2 };
      const reads = [await readRange(store, range)];
      await put(store, "a/5");
      await put(store, "a/4");
      await apply(store, { reads });
      await put(store, "a/1");
      assertClashes(await refuse(store, { reads }), [{ range }]);
    },
  },
  {
    name: "records of one commit, which share their tag, are told apart by their keys",
    async run({ store }) {
      const writes = ["a/1", "a/2", "a/3"].map((key): Write => ({ key, expect: "absent", put: "{}" }));
      await apply(store, { writes });
      const range: Range = { prefix: "a/", limit: 2 };
      const reads = [await readRange(store, range)];
      await forget(store, "a/2");
      assertClashes(await refuse(store, { reads }), [{ range }]);
    },
  },
  {
    name: "a reading of a later page relies on that page alone",
    async run({ store }) {
      for (const key of ["a/2", "a/3", "a/4", "a/5"]) await put(store, key);
      const { next } = await store.list({ prefix: "a/", limit: 2 });
      const range: Range = { prefix: "a/", limit: 2, after: next ?? "" };
      const reads = [await readRange(store, range)];
      await put(store, "a/1");
      await put(store, "a/2");
      await apply(store, { reads });
      await bury(store, "a/4");
      assertClashes(await refuse(store, { reads }), [{ range }]);
    },
  },
  {
    name: "a reading looks at the range as it is before the commit's own writes",
    async run({ store }) {
      const writes: readonly Write[] = [{ key: "a/1", expect: "absent", put: "{}" }];
      await apply(store, { reads: [{ range: whole, seen: [] }], writes });
      const [first] = (await store.list(whole)).records;
      const seen = [{ key: "a/1", tag: first?.tag ?? "" }];
      await apply(store, {
        reads: [{ range: whole, seen }],
        writes: [{ key: "a/1", expect: "present", delete: "forget" }],
      });
      await apply(store, { reads: [{ range: whole, seen: [] }] });
    },
  },
  {
    name: "of many commits that join a range which they all read as empty, one succeeds",
    async run({ store }) {
      const { now } = await store.read([]);
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, n) => {
          const writes: readonly Write[] = [{ key: `a/${n}`, expect: "absent", put: "{}" }];
          const reads = [{ range: whole, seen: [] }];
          return store.commit({ tag: nextTag(), at: now, reads, writes, events: [], by: null, cause: "test" });
        }),
      );
      assert.equal(results.filter(({ kind }) => kind === "committed").length, 1);
      assert.equal((await store.list(whole)).records.length, 1);
    },
  },
  {
    name: "of two commits that each write into the range which the other read, one succeeds",
    async run({ store }) {
      const results = await Promise.all([
        submit(store, {
          reads: [{ range: { prefix: "x/", limit: 9 }, seen: [] }],
          writes: [{ key: "y/1", expect: "absent", put: "{}" }],
        }),
        submit(store, {
          reads: [{ range: { prefix: "y/", limit: 9 }, seen: [] }],
          writes: [{ key: "x/1", expect: "absent", put: "{}" }],
        }),
      ]);
      assert.deepEqual(results.map(({ kind }) => kind).sort(), ["clash", "committed"]);
    },
  },
];

async function readRange(store: Store, range: Range): Promise<Reading> {
  const { records } = await store.list(range);
  return { range, seen: records.map(({ key, tag }) => ({ key, tag })) };
}
