import assert from "node:assert/strict";
import { follow } from "./follower.js";
import { typesOf } from "./following.js";
import { apply, cleanAll, put, tell } from "./steps.js";
import type { StoreCase } from "./trial.js";

const hourMs = 60 * 60 * 1_000;
const keptMs = 25 * hourMs;

/** How old events go, and what their followers are told. */
export const cleaningCases: readonly StoreCase[] = [
  {
    name: "cleaning leaves events for 25 hours, and then removes them",
    needs: "clock",
    async run({ store, clock, patienceMs }) {
      await tell(store, "first", "a/1", "a/2");
      clock.advance(hourMs);
      await tell(store, "second", "a/1");
      clock.advance(keptMs - hourMs);
      await cleanAll(store);
      const all = await follow(store, "start", patienceMs).events(3);
      assert.deepEqual(typesOf(all), ["first", "first", "second"], "at 25 hours");
      clock.advance(1_000);
      await cleanAll(store);
      assert.deepEqual(await follow(store, "start", patienceMs).events(1), all.slice(2), "a second later");
      clock.advance(hourMs);
      await cleanAll(store);
      const follower = follow(store, "start", patienceMs);
      await tell(store, "third", "a/1");
      assert.deepEqual(typesOf(await follower.events(1)), ["third"], "another hour later");
    },
  },
  {
    name: "nothing but cleaning removes events, however old they are",
    needs: "clock",
    async run({ store, clock, patienceMs }) {
      await tell(store, "old", "a/1");
      clock.advance(1_000 * hourMs);
      await tell(store, "new", "a/1");
      assert.deepEqual(typesOf(await follow(store, "start", patienceMs).events(2)), ["old", "new"]);
    },
  },
  {
    name: "a step of cleaning removes no more events than its budget, and the steps end when all old ones are gone",
    needs: "clock",
    async run({ store, clock, patienceMs }) {
      for (let n = 0; n < 5; n++) await tell(store, "old", "a/1", "a/2", "a/3");
      clock.advance(keptMs + 1_000);
      await tell(store, "new", "a/1");
      const steps = [await store.clean(4)];
      while (steps.at(-1)?.more) {
        assert(steps.length < 100, "the steps of cleaning end");
        steps.push(await store.clean(4));
      }
      const removed = steps.map((step) => step.removed);
      assert(Math.max(...removed) <= 4, "no step exceeds its budget");
      assert.equal(
        removed.reduce((sum, count) => sum + count, 0),
        15,
      );
      assert.deepEqual(typesOf(await follow(store, "start", patienceMs).events(1)), ["new"]);
    },
  },
  {
    name: "events and past states are cleaned together, and none of them is left",
    needs: "clock",
    async run({ store, clock }) {
      const write = { key: "a/1", expect: "any" as const, put: "{}", keep: { count: 1 } };
      for (let n = 0; n < 5; n++) await apply(store, { writes: [write], events: [{ type: "t", key: "a/1" }] });
      clock.advance(keptMs + 1_000);
      assert.equal(await cleanAll(store), 5 + 3);
      assert.deepEqual(await store.clean(1), { removed: 0, more: false });
    },
  },
  {
    name: "after the cursor of an event that is followed by one that was removed, a reset comes",
    needs: "clock",
    async run({ store, clock, patienceMs }) {
      await tell(store, "old", "a/1", "a/2", "a/3");
      const old = await follow(store, "start", patienceMs).events(3);
      clock.advance(keptMs + 1_000);
      await tell(store, "kept", "a/1");
      await cleanAll(store);
      for (const { cursor } of old.slice(0, 2)) {
        const follower = follow(store, cursor, patienceMs);
        await follower.reset();
        await tell(store, "came", "a/1");
        assert.deepEqual(typesOf(await follower.events(1)), ["came"]);
      }
    },
  },
  {
    name:
      "after the cursor of the newest event that was removed, what is kept comes without a reset: nothing is " +
      "missing",
    needs: "clock",
    async run({ store, clock, patienceMs }) {
      await tell(store, "old", "a/1", "a/2");
      const [, last] = await follow(store, "start", patienceMs).events(2);
      clock.advance(keptMs + 1_000);
      await tell(store, "kept", "a/1");
      await cleanAll(store);
      const follower = follow(store, last?.cursor ?? "", patienceMs);
      assert.deepEqual(typesOf(await follower.events(1)), ["kept"]);
      await tell(store, "came", "a/1");
      assert.deepEqual(typesOf(await follower.events(1)), ["came"]);
    },
  },
  {
    name: "where all events were removed, cursors go on to grow, and resets and the newest event's cursor still serve",
    needs: "clock",
    async run({ store, clock, patienceMs }) {
      await tell(store, "old", "a/1", "a/2");
      const [, last] = await follow(store, "start", patienceMs).events(2);
      const before = await follow(store, "now", patienceMs).reset();
      clock.advance(keptMs + 1_000);
      await cleanAll(store);
      const after = await follow(store, "now", patienceMs).reset();
      await tell(store, "came", "a/1");
      for (const cursor of [last?.cursor ?? "", before, after, "start"]) {
        const [event] = await follow(store, cursor, patienceMs).events(1);
        assert.equal(event?.type, "came");
        assert(event.cursor > (last?.cursor ?? ""), "what comes has a greater cursor than what was removed");
      }
    },
  },
  {
    name: "a follower that waits while all it was given is removed goes on without a reset",
    needs: "clock",
    async run({ store, clock, patienceMs }) {
      await tell(store, "old", "a/1");
      const follower = follow(store, "start", patienceMs);
      await follower.events(1);
      const coming = follower.events(1);
      clock.advance(keptMs + 1_000);
      await cleanAll(store);
      await tell(store, "came", "a/1");
      assert.deepEqual(typesOf(await coming), ["came"]);
    },
  },
  {
    name: "a slow follower that is overtaken by cleaning is told so by a reset, and misses nothing before that",
    needs: "clock",
    async run({ store, clock, patienceMs }) {
      const events = Array.from({ length: 256 }, (_, n) => ({ type: "old", key: `a/${n}` }));
      const count = 20 * events.length;
      for (let n = 0; n < count; n += events.length) await apply(store, { events });
      const all = await follow(store, "start", patienceMs).events(count);
      const follower = follow(store, "start", patienceMs);
      assert.deepEqual(await follower.events(1), all.slice(0, 1));
      clock.advance(keptMs + 1_000);
      await cleanAll(store);
      await put(store, "a/1");
      // What it had fetched before it may still give; a thousand events or two, not all of them.
      for (let n = 1; ; n++) {
        const found = await follower.next();
        if ("reset" in found) break;
        assert.deepEqual(found, all[n]);
        assert(n < count - 1, "it is told before it has been given all that was removed");
      }
      await tell(store, "came", "a/1");
      assert.deepEqual(typesOf(await follower.events(1)), ["came"]);
    },
  },
  {
    name: "cleaning while others follow and commit keeps nothing from them",
    needs: "clock",
    async run({ store, clock, patienceMs }) {
      await tell(store, "old", ...Array.from({ length: 256 }, (_, n) => `a/${n}`));
      clock.advance(keptMs + 1_000);
      const follower = follow(store, "now", patienceMs);
      await follower.reset();
      const following = follower.eventsUntil("end");
      const commit = async (writer: number): Promise<void> => {
        for (let n = 0; n < 20; n++) await tell(store, `new-${writer}`, `b/${n}`);
      };
      const clean = async (): Promise<void> => {
        while ((await store.clean(10)).more);
      };
      await Promise.all([commit(0), clean(), commit(1)]);
      await tell(store, "end", "a/1");
      const types = typesOf(await following);
      assert.deepEqual([types.length, types.filter((type) => type === "new-0").length], [40, 20]);
    },
  },
  {
    name: "whoever cleans step by step until there is no more keeps no commit waiting for that",
    async run({ store }) {
      for (let n = 0; n < 100; n++) await put(store, "a/1");
      await put(store, "a/1", { keep: { count: 1 } });
      const ended: string[] = [];
      const clean = async (): Promise<void> => {
        while ((await store.clean(1)).more);
        ended.push("cleaning");
      };
      const commit = async (): Promise<void> => {
        await put(store, "b/1");
        ended.push("commit");
      };
      await Promise.all([clean(), commit()]);
      assert.deepEqual(ended, ["commit", "cleaning"]);
    },
  },
];
