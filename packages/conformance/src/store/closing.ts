import assert from "node:assert/strict";
import type { Store } from "@unclash/core/store";
import { follow } from "./follower.js";
import { within } from "./patience.js";
import { apply, bury, keysOf, nextTag, put, putBriefly, refuse, statesOf, tell, write } from "./steps.js";
import type { StoreCase } from "./trial.js";

const uses: Readonly<Record<string, (store: Store, patienceMs: number) => Promise<unknown>>> = {
  read: (store) => store.read(["a/1"]),
  list: (store) => store.list({ prefix: "a/", limit: 1 }),
  history: (store) => store.history("a/1", { limit: 1, texts: true }),
  clean: (store) => store.clean(1),
  follow: (store, patienceMs) => {
    const steps = store.follow("start", new AbortController().signal)[Symbol.asyncIterator]();
    return within(patienceMs, "following a closed store fails", steps.next());
  },
  commit: (store) =>
    store.commit({
      tag: nextTag(),
      at: 1,
      reads: [],
      writes: [{ key: "a/1", expect: "any", put: "{}" }],
      events: [],
      by: null,
      cause: "test",
    }),
};

/** What closing ends, and what it must not lose. */
export const closingCases: readonly StoreCase[] = [
  ...Object.entries(uses).map(
    ([name, use]) =>
      ({
        name: `after it was closed, a store refuses to ${name}: a StoreError that says nothing was applied`,
        async run({ store, patienceMs }) {
          await put(store, "a/1");
          await store.close();
          await assert.rejects(async () => use(store, patienceMs), {
            name: "StoreError",
            code: "ERR_UNCLASH_STORE",
            outcome: "not-applied",
          });
        },
      }) satisfies StoreCase,
  ),
  {
    name: "closing a store ends those who follow it, whether they wait or have more to read",
    async run({ store, patienceMs }) {
      await tell(store, "many", "a/1", "a/2");
      const [waiting, reading] = ["now", "start"].map((after) => follow(store, after, patienceMs));
      await waiting?.reset();
      await reading?.events(1);
      const ended = waiting?.ends();
      await store.close();
      await ended;
      await reading?.ends();
    },
  },
  {
    name: "closing a store again does nothing",
    async run({ store }) {
      await store.close();
      await store.close();
    },
  },
  {
    name: "what was acknowledged is there after closing and opening, however soon the store was closed",
    needs: "reopen",
    async run({ store, reopen }) {
      const keys = Array.from({ length: 10 }, (_, n) => `a/${n}`);
      await Promise.all(keys.map((key) => put(store, key)));
      const again = await reopen();
      assert.deepEqual(keysOf((await again.list({ prefix: "a/", limit: 100 })).records), keys);
    },
  },
  {
    name: "records, tombstones, histories, index values and what will lapse survive closing and opening",
    needs: "reopen",
    async run({ store, until, reopen }) {
      await put(store, "a/1", { put: '{"b":1,"a":[]}', index: [{ name: "n", value: "x", unique: true }] });
      await put(store, "a/1", { put: '"\\u0000"', index: [{ name: "n", value: "x", unique: true }] });
      await put(store, "a/2");
      await bury(store, "a/2");
      const { lapsesAt } = await putBriefly(store, "a/3");
      await until(lapsesAt);
      const keys = ["a/1", "a/2", "a/3", "a/none"];
      const before = (await store.read(keys)).records;
      const states = await statesOf(store, "a/1");
      const again = await reopen();
      assert.deepEqual((await again.read(keys)).records, before);
      assert.deepEqual(await statesOf(again, "a/1"), states);
      assert.deepEqual(keysOf((await again.list({ prefix: "a/", limit: 9 })).records), ["a/1", "a/3"]);
      assert.deepEqual(keysOf((await again.list({ lapsedBefore: lapsesAt + 1, limit: 9 })).records), ["a/3"]);
      assert.deepEqual(keysOf((await again.list({ index: "n", from: "x", to: "x", limit: 9 })).records), ["a/1"]);
      const index = [{ name: "n", value: "x", unique: true }];
      await refuse(again, { writes: [{ key: "a/4", expect: "absent", put: "{}", index }] });
    },
  },
  {
    name: "versions and revisions go on after closing and opening, and tags still compare",
    needs: "reopen",
    async run({ store, reopen }) {
      const other = await put(store, "a/other");
      const first = await put(store, "a/1");
      const again = await reopen();
      const second = await write(again, { key: "a/1", expect: { tag: first.tag }, put: "{}" });
      assert.equal(second.version, 2);
      assert(second.revision > first.revision, "a revision after opening is larger than one before");
      const reads = [{ key: "a/other", expect: { tag: other.tag } }];
      const [third] = await apply(again, { reads, writes: [{ key: "a/new", expect: "absent", put: "{}" }] });
      assert((third?.revision ?? 0) > other.revision, "nor is one that depends on what was there before smaller");
    },
  },
  {
    name: "what is to be cleaned is still found after closing and opening",
    needs: "reopen",
    async run({ store, reopen }) {
      for (let n = 0; n < 4; n++) await put(store, "a/1", { keep: { count: 1 } });
      const again = await reopen();
      assert((await again.clean(100)).removed > 0);
      assert.equal((await statesOf(again, "a/1")).length, 2);
    },
  },
];
