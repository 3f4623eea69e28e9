import assert from "node:assert/strict";
import type { HistoryPage, HistoryRequest, Store, StoredRecord } from "@unclash/core/store";
import { assertBounded, largeText } from "./ranges.js";
import { apply, bury, put, putBriefly, readThere, statesOf, timeOf, versionsOf, write } from "./steps.js";
import type { StoreCase } from "./trial.js";

/** The past states of a key. */
export const historyCases: readonly StoreCase[] = [
  {
    name: "a history has every state as it was committed, the newest first, the current one among them",
    async run({ store }) {
      const written = [
        await put(store, "a/1", { put: "1" }),
        await put(store, "a/1", { put: "2" }),
        await bury(store, "a/1"),
        await put(store, "a/1", { put: "4" }),
      ];
      assert.deepEqual(await statesOf(store, "a/1"), written.toReversed());
      assert.deepEqual((await statesOf(store, "a/1"))[0], await readThere(store, "a/1"));
    },
  },
  {
    name: "a history tells who made each state, why and when",
    async run({ store }) {
      const now = await timeOf(store);
      const authors = ["alice", null, "bob"];
      for (const [n, by] of authors.entries()) {
        const writes = [{ key: "a/1", expect: "any" as const, put: "{}" }];
        await apply(store, { by, cause: `cause ${n}`, at: now + n * 10, writes });
      }
      const told = (await statesOf(store, "a/1")).map(({ by, cause, modifiedAt, createdAt }) => [
        by,
        cause,
        modifiedAt,
        createdAt,
      ]);
      assert.deepEqual(told, [
        ["bob", "cause 2", now + 20, now],
        [null, "cause 1", now + 10, now],
        ["alice", "cause 0", now, now],
      ]);
    },
  },
  {
    name: "a key that was never there has no history",
    async run({ store }) {
      await put(store, "a/10");
      await put(store, "a/1/x");
      assert.deepEqual(await statesOf(store, "a/1"), []);
    },
  },
  {
    name: "each key has a history of its own",
    async run({ store }) {
      for (const key of ["a/1", "a/10", "a/1", "A/1", "a/1/"]) await put(store, key, { put: JSON.stringify(key) });
      assert.deepEqual(
        (await statesOf(store, "a/1")).map(({ key, text }) => [key, text]),
        [
          ["a/1", '"a/1"'],
          ["a/1", '"a/1"'],
        ],
      );
    },
  },
  {
    name: "a page of a history has at most as many states as its limit, the newest of them",
    async run({ store }) {
      await putTimes(store, 5);
      assert.deepEqual(versionsOf(await statesOf(store, "a/1", { limit: 2 })), [5, 4]);
      assert.deepEqual(versionsOf(await statesOf(store, "a/1", { limit: 1 })), [5]);
      assert.deepEqual(versionsOf(await statesOf(store, "a/1", { limit: 5 })), [5, 4, 3, 2, 1]);
    },
  },
  {
    name: "a history goes on before a version",
    async run({ store }) {
      await putTimes(store, 5);
      assert.deepEqual(versionsOf(await statesOf(store, "a/1", { before: 4, limit: 2 })), [3, 2]);
      assert.deepEqual(versionsOf(await statesOf(store, "a/1", { before: 2 })), [1]);
      assert.deepEqual(versionsOf(await statesOf(store, "a/1", { before: 1 })), []);
      assert.deepEqual(versionsOf(await statesOf(store, "a/1", { before: 1_000 })), [5, 4, 3, 2, 1]);
    },
  },
  {
    name: "a history goes back to a moment: what was there then, and earlier",
    async run({ store }) {
      const states = await putTimes(store, 4);
      const at = (version: number): number => states[version - 1]?.modifiedAt ?? Number.NaN;
      assert.deepEqual(versionsOf(await statesOf(store, "a/1", { at: at(3) })), [3, 2, 1]);
      assert.deepEqual(versionsOf(await statesOf(store, "a/1", { at: at(3) - 1 })), [2, 1]);
      assert.deepEqual(versionsOf(await statesOf(store, "a/1", { at: at(3), limit: 1 })), [3]);
      assert.deepEqual(versionsOf(await statesOf(store, "a/1", { at: at(1) - 1 })), []);
      assert.deepEqual(versionsOf(await statesOf(store, "a/1", { at: at(4) + 1 })), [4, 3, 2, 1]);
    },
  },
  {
    name: "a history at a moment is all of it that was there then, also where no past was kept for a while",
    async run({ store }) {
      const start = await timeOf(store);
      for (let n = 0; n < 24; n++) {
        const keep = n >= 8 && n < 16 ? ("none" as const) : ("all" as const);
        const writes = [{ key: "a/1", expect: "any" as const, put: `${n}`, keep }];
        await apply(store, { at: start + n * 10, writes });
      }
      const all = await statesOf(store, "a/1");
      for (const n of [-1, 0, 1, 5, 7, 8, 15, 16, 17, 20, 23, 24]) {
        const at = start + n * 10;
        const then = versionsOf(all.filter(({ modifiedAt }) => modifiedAt <= at));
        assert.deepEqual(versionsOf(await statesOf(store, "a/1", { at })), then, `at ${n}`);
        const bounded = then.filter((version) => version < 12);
        assert.deepEqual(versionsOf(await statesOf(store, "a/1", { at, before: 12 })), bounded, `at ${n}`);
      }
    },
  },
  {
    name: "a version and a moment both bound a history",
    async run({ store }) {
      const states = await putTimes(store, 5);
      const moment = states[3]?.modifiedAt ?? Number.NaN;
      assert.deepEqual(versionsOf(await statesOf(store, "a/1", { at: moment, before: 3 })), [2, 1]);
      assert.deepEqual(versionsOf(await statesOf(store, "a/1", { at: moment, before: 5, limit: 2 })), [4, 3]);
    },
  },
  {
    name: "a history without texts is the same but for them, and tells its tombstones",
    async run({ store }) {
      await put(store, "a/1", { put: '"kept"' });
      await bury(store, "a/1");
      await put(store, "a/1");
      const states = await statesOf(store, "a/1");
      const bare = states.map((state) => ({ ...state, text: null }));
      assert.deepEqual(await statesOf(store, "a/1", { texts: false }), bare);
      assert.deepEqual(
        bare.map(({ deleted }) => deleted),
        [undefined, true, undefined],
      );
      assert.equal((await statesOf(store, "a/1"))[2]?.text, '"kept"', "and the texts are still there");
    },
  },
  {
    name: "a past state is not changed by what comes later: an extension, a tombstone, other index values",
    async run({ store }) {
      const first = await put(store, "a/1", { put: '"first"', index: [{ name: "n", value: "1" }] });
      await put(store, "a/1", { ttlMs: 60_000 });
      await write(store, { key: "a/1", expect: "present", extendMs: 90_000 });
      await bury(store, "a/1");
      assert.deepEqual((await statesOf(store, "a/1"))[2], first);
    },
  },
  {
    name: "the history of a lapsed record remains, and goes on when it is written over",
    async run({ store, until }) {
      await put(store, "a/1", { put: "1" });
      const { lapsesAt } = await putBriefly(store, "a/1", { put: "2" });
      await until(lapsesAt);
      await put(store, "a/1", { put: "3" });
      assert.deepEqual(
        (await statesOf(store, "a/1")).map(({ text }) => text),
        ["3", "2", "1"],
      );
    },
  },
  {
    name:
      "a history of large texts ends before its limit, tells that there is more, and goes on: no state is " +
      "lost or comes twice",
    async run({ store }) {
      for (let n = 1; n <= 12; n++) await put(store, "a/1", { put: largeText(n) });
      for (const limit of [12, 1_000]) {
        const pages = await historyPages(store, "a/1", { limit, texts: true });
        assert(pages.length > 1, "12 texts of 1 MiB are more than one page");
        for (const { records } of pages) assertBounded(records);
        const states = pages.flatMap(({ records }) => records);
        assert.deepEqual(versionsOf(states), [12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
        for (const { version, text } of states) assert(text === largeText(version), `version ${version} has its text`);
      }
    },
  },
  {
    name: "a history that its limit or its bounds end, and not its texts, tells of no more",
    async run({ store }) {
      for (let n = 1; n <= 12; n++) await put(store, "a/1", { put: largeText(n) });
      const requests: readonly HistoryRequest[] = [
        { limit: 3, texts: true },
        { limit: 1, texts: true },
        { limit: 1_000, texts: true, before: 4 },
        { limit: 12, texts: false },
        { limit: 1_000, texts: false },
      ];
      const told = [];
      for (const request of requests) {
        const { records, more } = await store.history("a/1", request);
        told.push([records.length, more]);
      }
      assert.deepEqual(
        told,
        [3, 1, 3, 12, 12].map((count) => [count, undefined]),
      );
    },
  },
];

// Goes on for as long as a page tells of more.
async function historyPages(store: Store, key: string, request: HistoryRequest): Promise<readonly HistoryPage[]> {
  const pages = [await store.history(key, request)];
  for (let last = pages[0]; last?.more; last = pages.at(-1)) {
    assert(pages.length < 100, "a walk over a short history ends");
    pages.push(await store.history(key, { ...request, before: last.records.at(-1)?.version ?? 0 }));
  }
  return pages;
}

async function putTimes(store: Store, times: number): Promise<readonly StoredRecord[]> {
  const written: StoredRecord[] = [];
  const start = await timeOf(store);
  for (let n = 0; n < times; n++) {
    const writes = [{ key: "a/1", expect: "any" as const, put: `${n}` }];
    const [record] = await apply(store, { at: start + n * 10, writes });
    if (record) written.push(record);
  }
  return written;
}
