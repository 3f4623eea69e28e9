import assert from "node:assert/strict";
import type { Cursor, Key, Store, StoredEvent } from "@unclash/core/store";
import { follow } from "./follower.js";
import { assertCursorsGrow } from "./following.js";
import { nextTag, statesOf, tell, timeOf } from "./steps.js";
import type { StoreCase } from "./trial.js";

const writers = 20;
const commitsEach = 10;
const keys: readonly Key[] = ["a/0", "a/1", "a/2", "b/3", "b/4"];

/** Commits and followers at the same time. */
export const eventRaceCases: readonly StoreCase[] = [
  {
    name:
      "of 200 commits at once, every follower is given each event once, and those of a key in the order of " +
      "its versions",
    async run({ store, patienceMs }) {
      const early = follow(store, "start", patienceMs);
      const fromNow = follow(store, "now", patienceMs);
      await fromNow.reset();
      const following = [early.eventsUntil("end"), fromNow.eventsUntil("end")];
      let halfWay: Promise<readonly StoredEvent[]> | undefined;
      await commitFromManyWriters(store, (n) => {
        if (n === (writers * commitsEach) / 2) halfWay = follow(store, "start", patienceMs).eventsUntil("end");
      });
      await tell(store, "end", "a/0");
      const [all = [], ...others] = await Promise.all([...following, halfWay ?? []]);
      for (const other of others) assert.deepEqual(other, all);
      assertCursorsGrow(all);
      await assertComplete(store, all);
    },
  },
  {
    name: "followers that stop and go on after their last event while others commit are given each event once",
    async run({ store, patienceMs }) {
      const walks = [1, 7].map((stride) => walk(store, stride, patienceMs));
      await commitFromManyWriters(store, () => {});
      await tell(store, "end", "a/0");
      for (const events of await Promise.all(walks)) {
        assertCursorsGrow(events);
        await assertComplete(store, events);
      }
    },
  },
];

// Every commit writes one or two of the keys, and has one event for each.
async function commitFromManyWriters(store: Store, began: (commits: number) => void): Promise<void> {
  let begun = 0;
  const at = await timeOf(store);
  const write = async (writer: number): Promise<void> => {
    for (let n = 0; n < commitsEach; n++) {
      began(++begun);
      const written = keys.filter((_, key) => key === writer % 5 || key === (writer + n) % 5);
      const { kind } = await store.commit({
        tag: nextTag(),
        at,
        reads: [],
        writes: written.map((key) => ({ key, expect: "any", put: "{}" })),
        events: written.map((key) => ({ type: "changed", key })),
        by: null,
        cause: "test",
      });
      assert.equal(kind, "committed");
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
}

// Each version of each key has one event, in the order of the versions.
async function assertComplete(store: Store, events: readonly StoredEvent[]): Promise<void> {
  for (const key of keys) {
    const states = (await statesOf(store, key, { texts: false })).toReversed();
    assert.deepEqual(
      events.filter((event) => event.key === key).map(({ tag, revision }) => ({ tag, revision })),
      states.map(({ tag, revision }) => ({ tag, revision })),
    );
  }
}

// Follows some events at a time, each time anew after the last one.
async function walk(store: Store, stride: number, patienceMs: number): Promise<readonly StoredEvent[]> {
  const found: StoredEvent[] = [];
  for (let after: Cursor = "start"; ; ) {
    const follower = follow(store, after, patienceMs);
    for (let n = 0; n < stride; n++) {
      for (const event of await follower.events(1)) {
        if (event.type === "end") return found;
        found.push(event);
        after = event.cursor;
      }
    }
    await follower.stop();
  }
}
