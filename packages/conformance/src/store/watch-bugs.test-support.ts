import type { Key, Store } from "@unclash/core/store";
import type { Bug } from "./bug.test-support.js";

type Wake = (keys: readonly Key[]) => void;

/** Bugs in who is woken, when and of what. */
export const watchBugs: readonly Bug[] = [
  {
    bug: "nobody is ever woken",
    caughtBy: "a commit wakes who watches, naming the keys that it wrote, or none",
    plant: (store) => ({ ...store, watch: () => () => {} }),
  },
  {
    bug: "a watcher is woken once, and never again",
    caughtBy: "of 100 commits at once, each wakes, and 100 in a row too",
    plant: (store) => ({
      ...store,
      watch(wake) {
        const stop = store.watch((keys) => {
          stop();
          wake(keys);
        });
        return stop;
      },
    }),
  },
  {
    bug: "only the first key of a commit is named",
    caughtBy: "a commit wakes who watches, naming the keys that it wrote, or none",
    plant: (store) => changeWakes(store, (wake, keys) => wake(keys.slice(0, 1))),
  },
  {
    bug: "an extension wakes nobody",
    caughtBy:
      "every kind of write wakes: a put, an extension, a redaction, a tombstone, and when a record is forgotten",
    plant: (store) => withoutWakes(store, ({ writes }) => writes.some((write) => "extendMs" in write)),
  },
  {
    bug: "what is deleted wakes nobody",
    caughtBy: "six who wait for one lock, and look when they are woken, each get it",
    plant: (store) => withoutWakes(store, ({ writes }) => writes.some((write) => "delete" in write)),
  },
  {
    bug: "a wake comes before what it tells of is there",
    caughtBy: "who is woken sees what was written",
    plant(store) {
      const wakes = new Set<Wake>();
      return {
        ...store,
        watch(wake) {
          wakes.add(wake);
          return () => void wakes.delete(wake);
        },
        async commit(commit) {
          for (const wake of [...wakes]) wake([]);
          for (let turn = 0; turn < 5; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
          return store.commit(commit);
        },
      };
    },
  },
  {
    bug: "only the watcher that came last is woken",
    caughtBy: "several watchers are woken, and the same function twice where it watches twice",
    plant(store) {
      let stop = (): void => {};
      return {
        ...store,
        watch(wake) {
          stop();
          stop = store.watch(wake);
          return stop;
        },
      };
    },
  },
  {
    bug: "a function that watches twice stops twice",
    caughtBy: "several watchers are woken, and the same function twice where it watches twice",
    plant(store) {
      const stops = new Map<Wake, () => void>();
      return {
        ...store,
        watch(wake) {
          stops.get(wake)?.();
          const stop = store.watch(wake);
          stops.set(wake, stop);
          return () => stops.get(wake)?.();
        },
      };
    },
  },
  {
    bug: "who no longer watches is still woken",
    caughtBy: "who no longer watches is not woken, and stopping twice does nothing",
    plant: (store) => ({
      ...store,
      watch(wake) {
        store.watch(wake);
        return () => {};
      },
    }),
  },
  {
    bug: "a wake goes to all who watched when it began",
    caughtBy: "who was stopped by another watcher, woken before, is not woken any more",
    plant(store) {
      const wakes = new Set<Wake>();
      store.watch((keys) => {
        for (const wake of [...wakes]) wake(keys);
      });
      return {
        ...store,
        watch(wake) {
          wakes.add(wake);
          return () => void wakes.delete(wake);
        },
      };
    },
  },
  {
    bug: "a watcher that throws keeps the others asleep",
    caughtBy: "a watcher that throws does no harm to the commit, to the store or to other watchers",
    plant(store) {
      const wakes = new Set<Wake>();
      store.watch((keys) => {
        for (const wake of wakes) wake(keys);
      });
      return {
        ...store,
        watch(wake) {
          wakes.add(wake);
          return () => void wakes.delete(wake);
        },
      };
    },
  },
  {
    bug: "a watcher that throws fails the commit",
    caughtBy: "a watcher that throws does no harm to the commit, to the store or to other watchers",
    plant(store) {
      const wakes = new Set<Wake>();
      return {
        ...store,
        watch(wake) {
          wakes.add(wake);
          return () => void wakes.delete(wake);
        },
        async commit(commit) {
          const result = await store.commit(commit);
          for (const wake of wakes) wake([]);
          return result;
        },
      };
    },
  },
];

function changeWakes(store: Store, change: (wake: Wake, keys: readonly Key[]) => void): Store {
  return { ...store, watch: (wake) => store.watch((keys) => change(wake, keys)) };
}

// Commits of this kind wake nobody.
function withoutWakes(store: Store, isQuiet: (commit: Parameters<Store["commit"]>[0]) => boolean): Store {
  let isLastQuiet = false;
  return {
    ...changeWakes(store, (wake, keys) => {
      if (!isLastQuiet) wake(keys);
    }),
    commit(commit) {
      isLastQuiet = isQuiet(commit);
      return store.commit(commit);
    },
  };
}
