import assert from "node:assert/strict";
import type { Key, Moment, Store, Write } from "@unclash/core/store";
import {
  apply,
  bury,
  forget,
  keysOf,
  put,
  putBriefly,
  readOne,
  readThere,
  refuse,
  statesOf,
  timeOf,
  write,
} from "./steps.js";
import type { StoreCase } from "./trial.js";

/** Records that lapse, their extension, and the list of what has lapsed. */
export const lapseCases: readonly StoreCase[] = [
  {
    name: "a record that was put with a ttl lapses that long after its commit, by the store's clock",
    async run({ store }) {
      // The commit's own time says nothing about it: it may be later than the store's.
      const before = await timeOf(store);
      const at = before + 5_000;
      await apply(store, { at, writes: [{ key: "a/1", expect: "absent", put: "{}", ttlMs: 60_000 }] });
      assertWithin((await readThere(store, "a/1")).lapsesAt, before + 60_000, (await timeOf(store)) + 60_000);
    },
  },
  {
    name: "a record is alive until the moment it lapses, and lapsed from that moment on",
    needs: "clock",
    async run({ store, clock }) {
      const { tag, lapsesAt } = await put(store, "a/1", { ttlMs: 1_000 });
      assert.equal(lapsesAt, clock.now() + 1_000);
      clock.advance(999);
      assert.equal((await readThere(store, "a/1")).lapsed, undefined);
      await apply(store, { reads: [{ key: "a/1", expect: { tag } }] });
      assert.deepEqual(await lapsedBefore(store, lapsesAt), []);
      clock.advance(1);
      assert.equal((await readThere(store, "a/1")).lapsed, true);
      await refuse(store, { reads: [{ key: "a/1", expect: { tag } }] });
      await apply(store, { reads: [{ key: "a/1", expect: { lapsed: tag } }] });
    },
  },
  {
    name: "a record without a ttl never lapses",
    async run({ store, until }) {
      await put(store, "a/1");
      const { lapsesAt } = await putBriefly(store, "a/2");
      await until(lapsesAt);
      const record = await readThere(store, "a/1");
      assert.equal(Object.hasOwn(record, "lapsesAt"), false);
      assert.equal(Object.hasOwn(record, "lapsed"), false);
    },
  },
  {
    name: "a lapsed record stays as it is, marked, in reads, lists, histories and clashes",
    async run({ store, until }) {
      const written = await putBriefly(store, "a/1", { put: '"still here"' });
      await until(written.lapsesAt);
      const marked = { ...written, lapsed: true };
      assert.deepEqual(await readOne(store, "a/1"), marked);
      assert.deepEqual((await store.list({ prefix: "a/", limit: 1 })).records, [marked]);
      assert.deepEqual(await statesOf(store, "a/1"), [marked]);
      const clashes = await refuse(store, { writes: [{ key: "a/1", expect: "present", put: "{}" }] });
      assert.deepEqual(clashes, [{ key: "a/1", current: { ...marked, text: null } }]);
    },
  },
  {
    name: "a put replaces the time at which its record lapses, and one without a ttl takes it away",
    async run({ store, until }) {
      const { lapsesAt } = await putBriefly(store, "a/1");
      await putBriefly(store, "a/2");
      await put(store, "a/1", { ttlMs: 60_000 });
      await put(store, "a/2");
      await until(lapsesAt + 5);
      const { records, now } = await store.read(["a/1", "a/2"]);
      assertWithin(records[0]?.lapsesAt, lapsesAt, now + 60_000);
      assert.deepEqual(
        [records[0]?.lapsed, records[1]?.lapsed, records[1]?.lapsesAt],
        [undefined, undefined, undefined],
      );
      assert.deepEqual(await lapsedBefore(store, now + 1), []);
    },
  },
  {
    name: "a put over a lapsed record brings it to life",
    async run({ store, until }) {
      const { tag, lapsesAt } = await putBriefly(store, "a/1");
      await until(lapsesAt);
      const record = await write(store, { key: "a/1", expect: { lapsed: tag }, put: "{}", ttlMs: 60_000 });
      assert.equal(record.lapsed, undefined);
      assert.deepEqual(await readOne(store, "a/1"), record);
    },
  },
  {
    name: "a record that lapses again is shown as it is by then, and listed among what lapsed",
    async run({ store, until }) {
      const first = await putBriefly(store, "a/1", { put: '"first"' });
      await until(first.lapsesAt);
      await readThere(store, "a/1");
      const second = await putBriefly(store, "a/1", { put: '"second"' });
      await until(second.lapsesAt);
      assert.deepEqual(await readOne(store, "a/1"), { ...second, lapsed: true });
      const { lapsesAt, ...rest } = await write(store, { key: "a/1", expect: { lapsed: second.tag }, extendMs: 5 });
      await until(lapsesAt ?? Number.NaN);
      assert.deepEqual(await readOne(store, "a/1"), { ...rest, lapsesAt, lapsed: true });
      assert.deepEqual(await lapsedBefore(store, (await timeOf(store)) + 1), ["a/1"]);
    },
  },
  {
    name: "an extension counts from its commit and changes nothing else of the record, nor its history",
    async run({ store }) {
      await put(store, "a/1");
      const first = await put(store, "a/1", { put: '"held"', ttlMs: 60_000, keep: "all" });
      const before = await timeOf(store);
      const writes = [{ key: "a/1", expect: { tag: first.tag }, extendMs: 90_000 }];
      const [renewed] = await apply(store, { at: before + 77, by: "someone else", cause: "renewal", writes });
      assertWithin(renewed?.lapsesAt, before + 90_000, (await timeOf(store)) + 90_000);
      const expected = { ...first, lapsesAt: renewed?.lapsesAt };
      assert.deepEqual(renewed, expected);
      assert.deepEqual(await readOne(store, "a/1"), expected);
      const states = await statesOf(store, "a/1");
      assert.equal(states.length, 2);
      assert.deepEqual(states[0], expected);
    },
  },
  {
    name: "an extension may shorten a record's time, or end one that had no end",
    async run({ store, until }) {
      await put(store, "a/1", { ttlMs: 60_000 });
      await put(store, "a/2");
      const writes = ["a/1", "a/2"].map((key) => ({ key, expect: "present" as const, extendMs: 5 }));
      const extended = await apply(store, { writes });
      await until(Math.max(...extended.map((record) => record?.lapsesAt ?? Number.NaN)));
      const { records } = await store.read(["a/1", "a/2"]);
      assert.deepEqual(
        records.map((record) => record?.lapsed),
        [true, true],
      );
    },
  },
  {
    name:
      "an extension of a lapsed record clashes where it expects a living one, and revives it where it expects " +
      "a lapsed one",
    async run({ store, until }) {
      const { tag, lapsesAt } = await putBriefly(store, "a/1");
      await until(lapsesAt);
      await refuse(store, { writes: [{ key: "a/1", expect: { tag }, extendMs: 60_000 }] });
      const revived = await write(store, { key: "a/1", expect: { lapsed: tag }, extendMs: 60_000 });
      assert.equal(revived.lapsed, undefined);
      await apply(store, { reads: [{ key: "a/1", expect: { tag } }] });
      assert.deepEqual(await lapsedBefore(store, (await timeOf(store)) + 1), []);
    },
  },
  {
    name: "an extension of what is not there clashes, whatever it expects: nothing at all, and a tombstone",
    async run({ store }) {
      await put(store, "a/2");
      const { tag } = await bury(store, "a/2");
      for (const expect of ["any", "absent"] as const) {
        assert.deepEqual(await refuse(store, { writes: [{ key: "a/1", expect, extendMs: 5 }] }), [{ key: "a/1" }]);
      }
      for (const expect of ["any", { gone: tag }] as const) {
        await refuse(store, { writes: [{ key: "a/2", expect, extendMs: 5 }] });
      }
    },
  },
  {
    name: "what lapsed before a moment comes by the moment it lapsed, and without what has not lapsed yet",
    async run({ store, until }) {
      await put(store, "a/never");
      await put(store, "a/later", { ttlMs: 60_000 });
      const lapsing = (key: Key, ttlMs: number): Write => ({ key, expect: "absent", put: "{}", ttlMs });
      const writes = [lapsing("a/1", 40), lapsing("b/2", 20), lapsing("c/3", 1)];
      const [third, second, first] = (await apply(store, { writes })).map((record) => record?.lapsesAt ?? Number.NaN);
      assert(third !== undefined && second !== undefined && first !== undefined);
      await until(third);
      const now = await timeOf(store);
      assert.deepEqual(await lapsedBefore(store, now + 3_600_000), ["c/3", "b/2", "a/1"]);
      assert.deepEqual(await lapsedBefore(store, third), ["c/3", "b/2"], "before that moment, not at it");
      assert.deepEqual(await lapsedBefore(store, second), ["c/3"]);
      assert.deepEqual(await lapsedBefore(store, first), []);
    },
  },
  {
    name: "what lapsed is no longer listed as such once it was put, extended, deleted or forgotten",
    async run({ store, until }) {
      const keys = ["a/1", "a/2", "a/3", "a/4", "a/5"];
      const writes = keys.map((key) => ({ key, expect: "any" as const, put: "{}", ttlMs: 5 }));
      const written = await apply(store, { writes });
      await until(Math.max(...written.map((record) => record?.lapsesAt ?? Number.NaN)));
      await put(store, "a/1");
      await write(store, { key: "a/2", expect: "any", extendMs: 60_000 });
      await bury(store, "a/3");
      await forget(store, "a/4");
      const now = await timeOf(store);
      assert.deepEqual(await lapsedBefore(store, now + 1), ["a/5"]);
      await put(store, "a/4");
      assert.deepEqual(await lapsedBefore(store, now + 1), ["a/5"], "nor after it was made anew");
      const { records } = await store.list({ lapsedBefore: now + 1, limit: 1 });
      assert.deepEqual(keysOf(records), ["a/5"], "nor does it take up a place on a page");
    },
  },
  {
    name: "what lapsed is listed whole and marked",
    async run({ store, until }) {
      const written = await putBriefly(store, "a/1", { put: '"whole"' });
      await until(written.lapsesAt);
      const { records } = await store.list({ lapsedBefore: written.lapsesAt + 1, limit: 10 });
      assert.deepEqual(records, [{ ...written, lapsed: true }]);
    },
  },
  {
    name: "of many who take over a lapsed record at once, one gets it",
    async run({ store, until }) {
      const { tag, lapsesAt } = await putBriefly(store, "a/1");
      await until(lapsesAt);
      const at = await timeOf(store);
      const takers = Array.from({ length: 20 }, (_, n) => {
        const writes = [{ key: "a/1", expect: { lapsed: tag }, put: `${n}`, ttlMs: 60_000 }];
        return store.commit({
          tag: `taker${String(n).padStart(11, "0")}`,
          at,
          reads: [],
          writes,
          events: [],
          by: null,
          cause: "test",
        });
      });
      const results = await Promise.all(takers);
      assert.equal(results.filter(({ kind }) => kind === "committed").length, 1);
      assert.equal((await readThere(store, "a/1")).version, 2);
    },
  },
];

async function lapsedBefore(store: Store, moment: Moment): Promise<readonly Key[]> {
  return keysOf((await store.list({ lapsedBefore: moment, limit: 1_000 })).records);
}

function assertWithin(actual: Moment | undefined, from: Moment, to: Moment): void {
  assert(actual !== undefined && actual >= from && actual <= to, `${actual} lies within ${from} and ${to}`);
}
