import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import type { Key, Store, Write } from "@unclash/core/store";
import { begun, within } from "./patience.js";
import { apply, asItIs, put, readOne, readThere, submit, write } from "./steps.js";
import type { StoreCase } from "./trial.js";

/** What wakes who watches, and what does not. */
export const watchingCases: readonly StoreCase[] = [
  {
    name: "a commit wakes who watches, naming the keys that it wrote, or none",
    async run({ store, patienceMs }) {
      const watcher = watch(store, patienceMs);
      const keys = Array.from({ length: 20 }, (_, n) => `a/${n}`);
      const woken = watcher.named(keys);
      await apply(store, { writes: keys.map((key) => ({ key, expect: "any", put: "{}" })) });
      await woken;
    },
  },
  {
    name: "every kind of write wakes: a put, an extension, a redaction, a tombstone, and when a record is forgotten",
    async run({ store, patienceMs }) {
      const { version } = await put(store, "a/1");
      const watcher = watch(store, patienceMs);
      const actions = [
        { put: "{}", ttlMs: 60_000 },
        { extendMs: 60_000 },
        { redact: "{}", version },
        { delete: "tombstone" },
        { delete: "forget" },
      ] as const;
      for (const action of actions) {
        const woken = watcher.named(["a/1"]);
        await apply(store, { writes: [{ key: "a/1", expect: "any", ...action } satisfies Write] });
        await woken;
      }
    },
  },
  {
    name: "of 100 commits at once, each wakes, and 100 in a row too",
    async run({ store, patienceMs }) {
      const watcher = watch(store, patienceMs);
      const keys = Array.from({ length: 100 }, (_, n) => `a/${n}`);
      const atOnce = watcher.named(keys);
      await Promise.all(keys.map((key) => put(store, key)));
      await atOnce;
      const inARow = watcher.named(keys);
      for (const key of keys) await put(store, key);
      await inARow;
    },
  },
  {
    name: "who is woken sees what was written",
    async run({ store, patienceMs }) {
      for (let n = 0; n < 5; n++) {
        // Looks only when it is woken: a wake that comes too early, and not again, leaves it waiting.
        const look = async (): Promise<boolean> => (await readOne(store, "a/1"))?.text === `${n}`;
        const seen = begun(lookWhenWoken(store, patienceMs, look));
        await put(store, "a/1", { put: `${n}` });
        await seen;
      }
    },
  },
  {
    name: "several watchers are woken, and the same function twice where it watches twice",
    async run({ store, patienceMs }) {
      const others = [watch(store, patienceMs), watch(store, patienceMs)];
      const twice = counting(patienceMs);
      const stops = [store.watch(twice.wake), store.watch(twice.wake)];
      const woken = [...others.map((watcher) => watcher.named(["a/1"])), twice.calledTimes(2)];
      await put(store, "a/1");
      await Promise.all(woken);
      stops[0]?.();
      const again = [...others.map((watcher) => watcher.named(["a/1"])), twice.calledTimes(1)];
      await put(store, "a/1");
      await Promise.all(again);
    },
  },
  {
    name: "who no longer watches is not woken, and stopping twice does nothing",
    async run({ store, patienceMs }) {
      let calls = 0;
      const stop = store.watch(() => {
        calls++;
      });
      const other = watch(store, patienceMs);
      stop();
      stop();
      const woken = other.named(["a/1"]);
      await put(store, "a/1");
      await woken;
      await turn();
      assert.equal(calls, 0);
    },
  },
  {
    name: "who was stopped by another watcher, woken before, is not woken any more",
    async run({ store, patienceMs }) {
      const calls = counting(patienceMs);
      const stops: (() => void)[] = [];
      for (let n = 0; n < 3; n++) {
        stops.push(
          store.watch(() => {
            calls.wake();
            for (const stop of stops) stop();
          }),
        );
      }
      const woken = [calls.calledTimes(1), watch(store, patienceMs).named(["a/1"])];
      await put(store, "a/1");
      await Promise.all(woken);
      await turn();
      assert.equal(calls.count(), 1);
    },
  },
  {
    name: "a watcher that throws does no harm to the commit, to the store or to other watchers",
    async run({ store, patienceMs }) {
      await withoutUncaughtExceptions(async () => {
        const first = watch(store, patienceMs);
        store.watch(() => {
          throw new Error("planned: a watcher that throws");
        });
        const last = watch(store, patienceMs);
        for (let n = 0; n < 3; n++) {
          const woken = [first.named(["a/1"]), last.named(["a/1"])];
          await assert.doesNotReject(put(store, "a/1"));
          await Promise.all(woken);
          await turn();
        }
        assert.equal((await readThere(store, "a/1")).version, 3);
        await store.close();
      });
    },
  },
  {
    name: "a watcher may stop, begin another one, read and commit while it is woken",
    async run({ store, patienceMs }) {
      const written = new Promise<void>((resolve, reject) => {
        const stop = store.watch(() => {
          stop();
          store.watch(() => resolve());
          put(store, "a/2").catch(reject);
        });
      });
      await put(store, "a/1");
      await within(patienceMs, "the second watcher is woken by what the first one wrote", written);
    },
  },
  {
    name: "six who wait for one lock, and look when they are woken, each get it",
    async run({ store, patienceMs }) {
      const order: number[] = [];
      const holders = Array.from({ length: 6 }, async (_, n) => {
        let tag = "";
        await lookWhenWoken(store, patienceMs * 2, async () => {
          const found = await readOne(store, "lock/1");
          if (found !== undefined) return false;
          const taken = await submit(store, {
            writes: [{ key: "lock/1", expect: "absent", put: `${n}`, keep: "none" }],
          });
          tag = (taken.kind === "committed" && taken.records[0]?.tag) || "";
          return tag !== "";
        });
        order.push(n);
        const record = await readThere(store, "lock/1");
        assert.equal(record.text, `${n}`, "nobody else holds it");
        await apply(store, { writes: [{ key: "lock/1", expect: { tag }, delete: "forget" }] });
      });
      await Promise.all(holders);
      assert.equal(new Set(order).size, 6);
    },
  },
  {
    name: "after a store was closed, nobody who watched it is woken by what is written later",
    needs: "reopen",
    async run({ store, patienceMs, reopen }) {
      const before = await put(store, "a/1");
      let calls = 0;
      const stop = store.watch(() => {
        calls++;
      });
      const woken = watch(store, patienceMs).named(["a/1"]);
      await put(store, "a/1");
      await woken;
      const again = await reopen();
      await turn();
      const callsThen = calls;
      const other = watch(again, patienceMs).named(["a/1"]);
      const expect = asItIs(await readOne(again, "a/1"));
      assert.equal((await write(again, { key: "a/1", expect, put: "{}" })).version, before.version + 2);
      await other;
      await turn();
      assert.equal(calls, callsThen);
      stop();
    },
  },
];

interface Watcher {
  /** Resolves once wakes have named all of these keys, or one of them named none; of wakes from now on. */
  named(keys: readonly Key[]): Promise<void>;
}

function watch(store: Store, patienceMs: number): Watcher {
  const waiting = new Set<(keys: readonly Key[]) => void>();
  store.watch((keys) => {
    for (const wake of [...waiting]) wake(keys);
  });
  return {
    named(keys) {
      const unnamed = new Set(keys);
      const all = new Promise<void>((resolve) => {
        const wake = (named: readonly Key[]): void => {
          for (const key of named.length === 0 ? keys : named) unnamed.delete(key);
          if (unnamed.size > 0) return;
          waiting.delete(wake);
          resolve();
        };
        waiting.add(wake);
      });
      return begun(within(patienceMs, `a wake names each of ${keys.length} keys, or none`, all));
    },
  };
}

// A watcher that only counts how often it is called.
function counting(patienceMs: number) {
  let calls = 0;
  let called = (): void => {};
  return {
    wake: (): void => {
      calls++;
      called();
    },
    count: () => calls,
    /** Resolves once it was called so many times from now on. */
    calledTimes(times: number): Promise<void> {
      const enough = calls + times;
      const all = new Promise<void>((resolve) => {
        called = () => {
          if (calls >= enough) resolve();
        };
      });
      return begun(within(patienceMs, `a watcher is called ${times} times`, all));
    },
  };
}

// Looks once, and then again at each wake, never by itself, until it has found what it looks for.
async function lookWhenWoken(store: Store, patienceMs: number, look: () => Promise<boolean>): Promise<void> {
  let wakes = 0;
  let wakeUp = (): void => {};
  const stop = store.watch(() => {
    wakes++;
    wakeUp();
  });
  try {
    for (let seen = wakes; !(await look()); seen = wakes) {
      const woken = new Promise<void>((resolve) => {
        wakeUp = resolve;
      });
      if (wakes === seen) await within(patienceMs, "a wake comes", woken);
    }
  } finally {
    stop();
  }
}

// What a watcher throws may become an uncaught exception, of which the test's runner must not hear.
async function withoutUncaughtExceptions(run: () => Promise<void>): Promise<void> {
  process.setUncaughtExceptionCaptureCallback(() => {});
  try {
    await run();
    await turn();
  } finally {
    process.setUncaughtExceptionCaptureCallback(null);
  }
}
