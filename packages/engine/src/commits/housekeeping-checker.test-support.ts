import assert from "node:assert/strict";
import type { Store } from "@unclash/core/store";
import { leaseKey } from "./housekeeper-lease.js";
import type { LapsedKind } from "./lapsed-kinds.js";
import type { Pace } from "./pace.js";
import {
  announced,
  announcedIn,
  countOf,
  putLapsing,
  SimulatedTime,
  settled,
  unknown,
} from "./simulated-processes.test-support.js";

/** A housekeeper, as a process runs it. */
export interface Running {
  start(): void;
  stop(): Promise<void>;
}

/** Makes the housekeeper of one process. */
export type MakeHousekeeper = (store: Store, kinds: readonly LapsedKind[], pace: Pace) => Running;

export interface Scenario {
  readonly name: string;
  /** Throws where the housekeeper does not do what it should. */
  readonly run: (make: MakeHousekeeper) => Promise<void>;
}

const minute = 60_000;

/** What the housekeeping of a store must do, whoever does it and whatever happens to them. */
export const scenarios: readonly Scenario[] = [
  {
    name: "two processes that both believe they are the housekeeper forget everything, and announce it once",
    async run(make) {
      const time = new SimulatedTime();
      const store = time.openStore();
      const keys = await putLapsing(store, "lock", 700);
      await time.advance(10);
      for (let processes = 0; processes < 2; processes += 1)
        make(withoutLease(store, time), [announced("lock")], time.startProcess()).start();
      await settled();
      await time.advance(5_000);
      assert.deepEqual([...(await announcedIn(store))].toSorted(), keys);
      assert.equal(await countOf(store, "lock"), 0);
    },
  },
  {
    name: "when its process dies, another one takes over, though the store's clock is set back meanwhile",
    async run(make) {
      const time = new SimulatedTime();
      const store = time.openStore();
      const first = time.startProcess();
      for (const pace of [first, time.startProcess()]) {
        make(store, [announced("lock")], pace).start();
        await settled();
      }
      await time.advance(10 * minute);
      first.isRunning = false;
      time.stepStoreClock(-60 * minute);
      await putLapsing(store, "lock", 3);
      await time.advance(2 * minute);
      assert.equal(await countOf(store, "lock"), 0);
    },
  },
  {
    name: "one that stops hands over to another one within seconds",
    async run(make) {
      const time = new SimulatedTime();
      const store = time.openStore();
      const first = make(store, [announced("lock")], time.startProcess());
      first.start();
      await settled();
      make(store, [announced("lock")], time.startProcess()).start();
      await time.advance(minute);
      await first.stop();
      await putLapsing(store, "lock", 3);
      await time.advance(8_000);
      assert.equal(await countOf(store, "lock"), 0);
    },
  },
  {
    name: "kinds that only one of two processes knows are dealt with, whoever was there first",
    async run(make) {
      const time = new SimulatedTime();
      const store = time.openStore();
      for (const kinds of [["key"], ["key", "lock"], ["conflict", "key"]]) {
        make(store, kinds.map(announced), time.startProcess()).start();
        await settled();
      }
      await time.advance(minute);
      for (const kind of ["key", "lock", "conflict"]) await putLapsing(store, kind, 40);
      await time.advance(minute);
      const left = await Promise.all(["key", "lock", "conflict"].map((kind) => countOf(store, kind)));
      assert.deepEqual(left, [0, 0, 0]);
    },
  },
  {
    name: "however many records of a kind can't be forgotten, all other kinds are",
    async run(make) {
      const time = new SimulatedTime();
      const store = time.openStore();
      await putLapsing(store, "newer", 5_000);
      await time.advance(5);
      await putLapsing(store, "lock", 300);
      await putLapsing(store, "key", 300);
      await time.advance(5);
      make(store, [unknown("newer"), announced("lock"), announced("key")], time.startProcess()).start();
      await settled();
      await time.advance(5_000);
      assert.deepEqual(await Promise.all(["newer", "lock", "key"].map((kind) => countOf(store, kind))), [5_000, 0, 0]);
      await putLapsing(store, "lock", 300);
      await time.advance(5_000);
      assert.equal(await countOf(store, "lock"), 0, "nor those that lapse later");
    },
  },
  {
    name: "a kind that lapses faster than it can be forgotten keeps no other one waiting",
    async run(make) {
      const time = new SimulatedTime();
      const store = time.openStore();
      await putLapsing(store, "key", 20_000);
      await time.advance(5);
      await putLapsing(store, "lock", 20);
      await time.advance(5);
      make(store, [announced("key"), announced("lock")], time.startProcess()).start();
      await settled();
      await time.advance(1_000);
      assert.equal(await countOf(store, "lock"), 0);
      assert.notEqual(await countOf(store, "key"), 0, "the scenario must be one in which it could wait");
    },
  },
  {
    name: "where the store is fast, small steps keep the pace, though each pause takes longer than it should",
    async run(make) {
      const time = new SimulatedTime();
      const store = time.openStore();
      const kinds = ["conflict", "key", "lock", "ticket", "transaction"];
      for (let from = 0; from < 1_000; from += 50) {
        for (const kind of kinds) await putLapsing(store, kind, 50, { from });
        await time.advance(1);
      }
      const process = time.startProcess();
      const pages: number[] = [];
      const list: Store["list"] = (range) => {
        pages.push(range.limit);
        return store.list(range);
      };
      const late: Pace = { nowMs: process.nowMs, pause: (ms, stop) => process.pause(ms + 3, stop) };
      const sizes: number[] = [];
      make({ ...slow(store, process, sizes, 1), list }, kinds.map(announced), late).start();
      await settled();
      await time.advance(5_000);
      assert.deepEqual(await Promise.all(kinds.map((kind) => countOf(store, kind))), [0, 0, 0, 0, 0]);
      assert.ok(Math.max(...sizes) <= 10, "no more in a commit than it takes");
      assert.ok(Math.max(...pages) <= 50, "no more on a page than it takes");
      assert.ok(pages.length <= 1.5 * (5_000 / 50), "kinds look at the same pages");
    },
  },
  {
    name: "10,000 records of each of five kinds, which lapsed among each other, are gone from a slow store in a minute",
    async run(make) {
      const time = new SimulatedTime();
      const store = time.openStore();
      const kinds = ["conflict", "key", "lock", "ticket", "transaction"];
      for (let from = 0; from < 10_000; from += 50) {
        for (const kind of kinds) await putLapsing(store, kind, 50, { from });
        await time.advance(1);
      }
      const process = time.startProcess();
      const sizes: number[] = [];
      make(slow(store, process, sizes), kinds.map(announced), process).start();
      await settled();
      await time.advance(10_000);
      assert.ok(Math.max(...sizes) <= 50, "no larger steps than usual before they have waited for long");
      await time.advance(minute - 10_000);
      assert.deepEqual(await Promise.all(kinds.map((kind) => countOf(store, kind))), [0, 0, 0, 0, 0]);
    },
  },
  {
    name: "a kind that fails keeps no other one from being dealt with",
    async run(make) {
      const time = new SimulatedTime();
      const store = time.openStore();
      const broken: LapsedKind = { ...unknown("broken"), endingsOf: () => Promise.reject(new TypeError("broken")) };
      await putLapsing(store, "broken", 700);
      await putLapsing(store, "lock", 700);
      await time.advance(5);
      make(store, [broken, announced("lock")], time.startProcess()).start();
      await settled();
      await time.advance(5_000);
      assert.equal(await countOf(store, "lock"), 0);
    },
  },
];

/** A store whose commits take so long each, however much they write; how much each does is added to `sizes`. */
function slow(store: Store, pace: Pace, sizes: number[], commitMs = 100): Store {
  return {
    ...store,
    async commit(commit) {
      sizes.push(commit.writes.length);
      await pace.pause(commitMs, new AbortController().signal);
      return store.commit(commit);
    },
  };
}

/** A store where the lease is free at all times, and each step works on what others may have changed meanwhile. */
function withoutLease(store: Store, time: SimulatedTime): Store {
  return {
    ...store,
    read: async () => ({ now: time.storeNow(), records: [undefined] }),
    commit: async (commit) =>
      commit.writes.some(({ key }) => key === leaseKey) ? { kind: "committed", records: [null] } : store.commit(commit),
    async list(range) {
      const page = await store.list(range);
      await new Promise((resolve) => setImmediate(resolve));
      return page;
    },
  };
}
