import assert from "node:assert/strict";
import { formatCursor, parseCursor, type Store } from "@unclash/core/store";
import { follow } from "./follower.js";
import { typesOf } from "./following.js";
import { put, submit, tell } from "./steps.js";
import type { StoreCase, Trial } from "./trial.js";

const noPlaces: Readonly<Record<string, string>> = {
  "an empty text": "",
  "a number": "-1",
  "a number beyond all": "1e99",
  "a word in capitals": "START",
  "the place of another kind of log": "1700000000000-0",
  "text with a line break": "0\r\n1",
  "text that is no UTF-8": "\ud800",
  "text beyond ASCII, quotes and NUL": "é😀'\"\u0000",
  "text of 10,000 characters": "1".repeat(10_000),
  "a place far beyond the end": formatCursor({ position: Number.MAX_SAFE_INTEGER, index: 0, tag: "suite00000000000" }),
  "a place before the first event, of another log": formatCursor({ position: 0, index: 0, tag: "another-log" }),
};

/** Going on after a cursor, and what happens where that is no place of the log. */
export const resumingCases: readonly StoreCase[] = [
  {
    name: "after any event's cursor it goes on with exactly the next one, and each event is the same again",
    async run({ store, patienceMs }) {
      await tell(store, "one", "a/1");
      await tell(store, "two", "a/1", "b/1", "c/1");
      await put(store, "a/1");
      await tell(store, "three", "b/1", "a/1");
      const all = await follow(store, "start", patienceMs).events(6);
      for (const [n, { cursor }] of all.entries()) {
        const follower = follow(store, cursor, patienceMs);
        const rest = all.slice(n + 1);
        assert.deepEqual(await follower.events(rest.length), rest);
        await follower.stop();
      }
    },
  },
  {
    name: "after the newest event's cursor it goes on with what comes, without a reset",
    async run({ store, patienceMs }) {
      await tell(store, "one", "a/1", "a/2");
      const [, newest] = await follow(store, "start", patienceMs).events(2);
      await put(store, "a/1");
      const follower = follow(store, newest?.cursor ?? "", patienceMs);
      const coming = follower.events(2);
      await tell(store, "two", "a/1");
      await tell(store, "three", "a/1");
      assert.deepEqual(typesOf(await coming), ["two", "three"]);
    },
  },
  {
    name: "after the place that a reset gave it goes on with what came since, without another reset",
    async run({ store, patienceMs }) {
      const atFirst = await follow(store, "now", patienceMs).reset();
      await tell(store, "one", "a/1");
      const later = await follow(store, "now", patienceMs).reset();
      await put(store, "a/1");
      await submit(store, { reads: [{ key: "a/1", expect: "absent" }], events: [{ type: "refused", key: "a/1" }] });
      await tell(store, "two", "a/1");
      assert.deepEqual(typesOf(await follow(store, later, patienceMs).events(1)), ["two"]);
      assert.deepEqual(typesOf(await follow(store, atFirst, patienceMs).events(2)), ["one", "two"]);
      const end = await follow(store, "now", patienceMs).reset();
      const coming = follow(store, end, patienceMs).events(1);
      await tell(store, "three", "a/1");
      assert.deepEqual(typesOf(await coming), ["three"]);
    },
  },
  ...Object.entries(noPlaces).map(
    ([what, cursor]): StoreCase => ({
      name: `after what is no place of the log, one reset comes, and then only what comes: ${what}`,
      async run(trial) {
        await assertOneReset(trial, cursor);
        await tell(trial.store, "in between", "a/1");
        await assertOneReset(trial, cursor);
      },
    }),
  ),
  {
    name: "after a place that this log gave to another event, one reset comes, and then only what comes",
    async run(trial) {
      const { store, patienceMs } = trial;
      await tell(store, "one", "a/1", "a/2");
      await tell(store, "two", "a/1");
      for (const { cursor } of await follow(store, "start", patienceMs).events(3)) {
        const place = parseCursor(cursor);
        // A store may write its cursors in a way of its own; then this one is malformed to it, which is no place
        // either.
        await assertOneReset(trial, formatCursor({ position: 1, index: 0, ...place, tag: "another-log" }));
      }
    },
  },
  {
    name: "cursors survive closing and opening, each event is the same again, and what comes then follows",
    needs: "reopen",
    async run({ store, patienceMs, reopen }) {
      await tell(store, "one", "a/1", "a/2");
      await tell(store, "two", "a/1");
      const all = await follow(store, "start", patienceMs).events(3);
      const end = await follow(store, "now", patienceMs).reset();
      const again = await reopen();
      assert.deepEqual(await follow(again, all[0]?.cursor ?? "", patienceMs).events(2), all.slice(1));
      assert.deepEqual(await follow(again, "start", patienceMs).events(3), all);
      await tell(again, "three", "a/1");
      const [third] = await follow(again, all[2]?.cursor ?? "", patienceMs).events(1);
      assert.equal(third?.type, "three");
      assert(third.cursor > (all[2]?.cursor ?? ""), "the cursor of what came after opening is greater");
      assert.deepEqual(await follow(again, end, patienceMs).events(1), [third]);
    },
  },
];

// Shows that after this cursor one reset comes first, and then what is committed from then on, none of it before.
async function assertOneReset(
  { store, patienceMs }: Pick<Trial, "patienceMs"> & { readonly store: Store },
  cursor: string,
) {
  const follower = follow(store, cursor, patienceMs);
  const place = await follower.reset();
  await tell(store, "came", "a/1");
  await tell(store, "came next", "a/1");
  const coming = await follower.events(2);
  assert.deepEqual(typesOf(coming), ["came", "came next"]);
  assert.deepEqual(await follow(store, place, patienceMs).events(2), coming, "the reset says where it goes on");
  await follower.stop();
}
