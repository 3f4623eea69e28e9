import assert from "node:assert/strict";
import type { Key, Retention, Store } from "@unclash/core/store";
import {
  apply,
  bury,
  cleanAll,
  forget,
  put,
  putBriefly,
  readOne,
  readThere,
  statesOf,
  timeOf,
  versionsOf,
} from "./steps.js";
import type { StoreCase } from "./trial.js";

// Long enough that a slow machine gets through a test in it, short enough to be waited for.
const ageMs = 2_000;

/** What is kept of the past, and how the rest is cleaned away. */
export const retentionCases: readonly StoreCase[] = [
  {
    name: "cleaning leaves the whole history where all is to be kept, as it is unless said otherwise",
    async run({ store }) {
      await putTimes(store, "a/1", 4);
      await putTimes(store, "a/2", 4, "all");
      assert.equal(await cleanAll(store), 0);
      assert.deepEqual(await versionsIn(store, "a/1"), [4, 3, 2, 1]);
      assert.deepEqual(await versionsIn(store, "a/2"), [4, 3, 2, 1]);
    },
  },
  {
    name: "cleaning leaves the newest past states that a count asks for, beside the current one",
    async run({ store }) {
      await putTimes(store, "a/1", 6, { count: 2 });
      await putTimes(store, "a/2", 2, { count: 2 });
      await putTimes(store, "a/3", 3, { count: 0 });
      await cleanAll(store);
      assert.deepEqual(await versionsIn(store, "a/1"), [6, 5, 4]);
      assert.deepEqual(await versionsIn(store, "a/2"), [2, 1]);
      assert.deepEqual(await versionsIn(store, "a/3"), [3]);
    },
  },
  {
    name: "cleaning leaves the current state alone where nothing else is to be kept",
    async run({ store }) {
      await putTimes(store, "a/1", 4, "none");
      const current = await readThere(store, "a/1");
      await cleanAll(store);
      assert.deepEqual(await statesOf(store, "a/1"), [current]);
    },
  },
  {
    name: "cleaning leaves whatever was current within an age, however long ago it was written",
    async run({ store, until }) {
      const keep = { ageMs };
      await put(store, "a/1", { keep });
      const { modifiedAt } = await put(store, "a/1", { keep });
      await until(modifiedAt + ageMs + 1);
      await put(store, "a/1", { keep });
      await cleanAll(store);
      assert.deepEqual(await versionsIn(store, "a/1"), [3, 2], "version 2 was current until just now");
    },
  },
  {
    name: "cleaning removes what was last current longer ago than an age",
    async run({ store, until }) {
      const keep = { ageMs: 5 };
      await putTimes(store, "a/1", 3, keep);
      await putTimes(store, "a/2", 3, { ageMs: 3_600_000 });
      const { modifiedAt } = await put(store, "a/1", { keep });
      await until(modifiedAt + 6);
      await cleanAll(store);
      assert.deepEqual(await versionsIn(store, "a/1"), [4]);
      assert.deepEqual(await versionsIn(store, "a/2"), [3, 2, 1]);
    },
  },
  {
    name: "cleaning removes only what is beyond both a count and an age",
    async run({ store, until }) {
      await putTimes(store, "a/1", 5, { count: 1, ageMs: 3_600_000 });
      await putTimes(store, "a/2", 5, { count: 100, ageMs: 5 });
      await putTimes(store, "a/3", 5, { count: 1, ageMs: 5 });
      await until((await readThere(store, "a/3")).modifiedAt + 6);
      await cleanAll(store);
      assert.deepEqual(await versionsIn(store, "a/1"), [5, 4, 3, 2, 1]);
      assert.deepEqual(await versionsIn(store, "a/2"), [5, 4, 3, 2, 1]);
      assert.deepEqual(await versionsIn(store, "a/3"), [5, 4]);
    },
  },
  {
    name: "the retention of the latest put counts for all of the past",
    async run({ store }) {
      await putTimes(store, "a/1", 4, "all");
      await put(store, "a/1", { keep: "none" });
      await putTimes(store, "a/2", 4, { count: 1 });
      await put(store, "a/2", { keep: "all" });
      await cleanAll(store);
      assert.deepEqual(await versionsIn(store, "a/1"), [5]);
      const kept = await versionsIn(store, "a/2");
      assert.deepEqual(kept.slice(0, 3), [5, 4, 3], "what was kept until then stays");
    },
  },
  {
    name: "a tombstone stays, under the retention of its record, and versions go on after it",
    async run({ store }) {
      for (const [key, keep] of [
        ["a/1", "none"],
        ["a/2", { count: 1 }],
        ["a/3", "all"],
      ] as const) {
        await putTimes(store, key, 3, keep);
        await bury(store, key);
      }
      await cleanAll(store);
      assert.deepEqual(await versionsIn(store, "a/1"), [4]);
      assert.deepEqual(await versionsIn(store, "a/2"), [4, 3]);
      assert.deepEqual(await versionsIn(store, "a/3"), [4, 3, 2, 1]);
      assert.equal((await readThere(store, "a/1")).deleted, true);
      assert.equal((await put(store, "a/1")).version, 5);
    },
  },
  {
    name: "cleaning takes lapsed records for current ones, and leaves their values",
    async run({ store, until }) {
      const index = [{ name: "n", value: "1" }];
      const { lapsesAt } = await putBriefly(store, "a/1", { index, keep: "none" });
      await until(lapsesAt);
      await cleanAll(store);
      assert.equal((await readThere(store, "a/1")).lapsed, true);
      assert.equal((await store.list({ index: "n", from: "1", to: "1", limit: 1 })).records.length, 1);
    },
  },
  {
    name: "a step of cleaning removes no more than its budget, and the steps end when all is done",
    async run({ store }) {
      for (const key of ["a/1", "a/2", "a/3"]) await putTimes(store, key, 6, { count: 1 });
      await putTimes(store, "a/4", 6);
      const steps = [await store.clean(5)];
      while (steps.at(-1)?.more) {
        assert(steps.length < 100, "the steps of cleaning end");
        steps.push(await store.clean(5));
      }
      assert(
        steps.every(({ removed }) => removed <= 5),
        "no step exceeds its budget",
      );
      assert.equal(
        steps.reduce((sum, { removed }) => sum + removed, 0),
        12,
      );
      for (const key of ["a/1", "a/2", "a/3"]) assert.deepEqual(await versionsIn(store, key), [6, 5]);
      assert.deepEqual(await versionsIn(store, "a/4"), [6, 5, 4, 3, 2, 1]);
    },
  },
  {
    name: "what becomes superfluous after a cleaning is found by the next one",
    async run({ store }) {
      for (const cleaning of [1, 2, 3]) {
        await putTimes(store, "a/1", 3, { count: 1 });
        assert((await cleanAll(store)) > 0, `cleaning ${cleaning}`);
        assert.deepEqual(await versionsIn(store, "a/1"), [cleaning * 3, cleaning * 3 - 1]);
      }
    },
  },
  {
    name: "cleaning has nothing to do for records that were forgotten, or never changed",
    async run({ store }) {
      await putTimes(store, "a/1", 3, { count: 0 });
      await forget(store, "a/1");
      await put(store, "a/2", { keep: "none" });
      await putTimes(store, "a/3", 3, { count: 0 });
      await cleanAll(store);
      assert.deepEqual(await versionsIn(store, "a/3"), [3], "they keep nothing else from being cleaned");
      assert.equal(await readOne(store, "a/1"), undefined);
      assert.deepEqual(await versionsIn(store, "a/2"), [1]);
      assert.deepEqual(await store.clean(1), { removed: 0, more: false });
    },
  },
  {
    name: "what is cleaned away is not to be seen any more, by version, by moment or by count",
    async run({ store }) {
      const start = await timeOf(store);
      for (const n of [1, 2, 3]) {
        await apply(store, { at: start + n, writes: [{ key: "a/1", expect: "any", put: "{}", keep: { count: 1 } }] });
      }
      await cleanAll(store);
      assert.deepEqual(versionsOf(await statesOf(store, "a/1", { before: 2 })), []);
      assert.deepEqual(versionsOf(await statesOf(store, "a/1", { at: start + 1 })), []);
      assert.deepEqual(versionsOf(await statesOf(store, "a/1", { limit: 3 })), [3, 2]);
    },
  },
];

async function putTimes(store: Store, key: Key, times: number, keep?: Retention): Promise<void> {
  for (let n = 0; n < times; n++) await put(store, key, keep === undefined ? {} : { keep });
}

async function versionsIn(store: Store, key: Key): Promise<readonly number[]> {
  return versionsOf(await statesOf(store, key));
}
