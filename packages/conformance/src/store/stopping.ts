import assert from "node:assert/strict";
import { follow, followUntil } from "./follower.js";
import { typesOf } from "./following.js";
import { tell } from "./steps.js";
import type { StoreCase } from "./trial.js";

/** How following ends, and what it leaves. */
export const stoppingCases: readonly StoreCase[] = [
  {
    name: "a follower that was stopped before it began ends at once, without a word",
    async run({ store, patienceMs }) {
      await tell(store, "first", "a/1");
      for (const after of ["start", "now", "unknown"]) {
        const steps = store.follow(after, AbortSignal.abort())[Symbol.asyncIterator]();
        assert.deepEqual(await steps.next(), { done: true, value: undefined });
      }
      await tell(store, "second", "a/1");
      assert.equal((await follow(store, "start", patienceMs).events(2)).length, 2);
    },
  },
  {
    name: "a follower that is stopped while it waits ends",
    async run({ store, patienceMs }) {
      await tell(store, "first", "a/1");
      for (const after of ["start", "now"]) {
        const follower = follow(store, after, patienceMs);
        await follower.next();
        const ended = follower.ends();
        await tell(store, "more", "a/1");
        await follower.stop();
        await ended;
      }
    },
  },
  {
    name: "a follower that is stopped between two events ends, although there are more",
    async run({ store, patienceMs }) {
      await tell(store, "many", "a/1", "a/2", "a/3");
      const controller = new AbortController();
      const steps = store.follow("start", controller.signal)[Symbol.asyncIterator]();
      assert.equal((await steps.next()).done, false);
      controller.abort();
      assert.deepEqual(await steps.next(), { done: true, value: undefined });
      assert.equal((await follow(store, "start", patienceMs).events(3)).length, 3, "which other followers still get");
    },
  },
  {
    name: "who breaks out of the loop frees the follower, and the store goes on",
    async run({ store, patienceMs }) {
      await tell(store, "many", "a/1", "a/2");
      const types: string[] = [];
      for await (const event of store.follow("start", new AbortController().signal)) {
        if (!("reset" in event)) types.push(event.type);
        break;
      }
      assert.deepEqual(types, ["many"]);
      await tell(store, "end", "a/1");
      assert.deepEqual(typesOf(await follow(store, "start", patienceMs).events(3)), ["many", "many", "end"]);
    },
  },
  {
    name: "a follower that has ended leaves no listener on its signal, however often it waited",
    async run({ store, patienceMs }) {
      const signal = countingSignal();
      const follower = followUntil(signal, signal.abort, store, "now", patienceMs);
      await follower.reset();
      const counts = new Set<number>();
      for (let n = 0; n < 5; n++) {
        const coming = follower.events(1);
        await tell(store, "more", "a/1");
        await coming;
        counts.add(signal.listeners());
      }
      assert.equal(counts.size, 1, "nor more and more while it goes on");
      await follower.stop();
      assert.equal(signal.listeners(), 0);
    },
  },
];

function countingSignal() {
  const listeners = new Set<() => void>();
  let aborted = false;
  return {
    get aborted() {
      return aborted;
    },
    addEventListener: (_: "abort", listener: () => void) => void listeners.add(listener),
    removeEventListener: (_: "abort", listener: () => void) => void listeners.delete(listener),
    listeners: () => listeners.size,
    abort() {
      aborted = true;
      for (const listener of [...listeners]) listener();
    },
  };
}
