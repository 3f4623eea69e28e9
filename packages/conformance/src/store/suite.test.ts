import { AssertionError } from "node:assert";
import { StoreError } from "@unclash/core";
import type { Store } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import { describe, expect, it, test } from "vitest";
import { commitBugs } from "./commit-bugs.test-support.js";
import { cursorBugs } from "./cursor-bugs.test-support.js";
import { descendingBugs } from "./descending-bugs.test-support.js";
import { endingBugs } from "./ending-bugs.test-support.js";
import { eventBugs } from "./event-bugs.test-support.js";
import { pageBugs } from "./page-bugs.test-support.js";
import { rangeBugs } from "./range-bugs.test-support.js";
import { relianceBugs } from "./reliance-bugs.test-support.js";
import { type StoreSuiteOptions, storeSuite } from "./suite.js";
import { timeBugs } from "./time-bugs.test-support.js";
import { watchBugs } from "./watch-bugs.test-support.js";

type Tests = ReadonlyMap<string, () => Promise<void>>;

// What the suite declares, to be run or not.
function testsOf(options: Omit<StoreSuiteOptions, "test">): Tests {
  const tests = new Map<string, () => Promise<void>>();
  storeSuite({
    ...options,
    test(name, run) {
      expect(tests.has(name), `two tests are named "${name}"`).toBe(false);
      tests.set(name, run);
    },
  });
  return tests;
}

describe("a store with a bug fails the suite:", () => {
  const bugs = [
    ...commitBugs,
    ...relianceBugs,
    ...rangeBugs,
    ...pageBugs,
    ...descendingBugs,
    ...timeBugs,
    ...eventBugs,
    ...endingBugs,
    ...cursorBugs,
    ...watchBugs,
  ];
  it.each(bugs)("$bug", async ({ caughtBy, plant }) => {
    const open: StoreSuiteOptions["open"] = async ({ clock }) => plant(createMemoryStore({ clock: clock.now }));
    // What a bug keeps from coming is waited for in vain: not for long, since nothing in memory takes long.
    const tests = testsOf({ open, patienceMs: 300 });
    const run = tests.get(caughtBy);
    expect(run, `there is a test "${caughtBy}"`).toBeDefined();
    await expect(run?.()).rejects.toThrow(AssertionError);
  });
});

// As a file would: closing ends the one who has it open, and what is in it stays.
function openAgain(file: Store): Store {
  let isOpen = true;
  const ends = new Set<() => void>();
  const guard = <T>(use: () => Promise<T>): Promise<T> =>
    isOpen ? use() : Promise.reject(new StoreError("closed", "not-applied"));
  return {
    capabilities: { ...file.capabilities, durability: "process" },
    read: (keys) => guard(() => file.read(keys)),
    commit: (commit) => guard(() => file.commit(commit)),
    list: (range) => guard(() => file.list(range)),
    history: (key, request) => guard(() => file.history(key, request)),
    async *follow(after, stop) {
      if (!isOpen) throw new StoreError("closed", "not-applied");
      const either = new AbortController();
      const end = (): void => either.abort();
      if (stop.aborted) return;
      stop.addEventListener("abort", end);
      ends.add(end);
      try {
        yield* file.follow(after, either.signal);
      } finally {
        ends.delete(end);
        stop.removeEventListener("abort", end);
      }
    },
    watch(wake) {
      const end = file.watch(wake);
      ends.add(end);
      return end;
    },
    clean: (budget) => guard(() => file.clean(budget)),
    async close() {
      isOpen = false;
      for (const end of ends) end();
    },
  };
}

describe("a store that keeps what it holds passes the suite with `reopen`:", () => {
  const files = new Map<Store, Store>();
  const openFile = (file: Store): Store => {
    const store = openAgain(file);
    files.set(store, file);
    return store;
  };
  storeSuite({
    test,
    open: async ({ clock }) => openFile(createMemoryStore({ clock: clock.now })),
    async reopen(store) {
      await store.close();
      return openFile(files.get(store) ?? store);
    },
  });
});

describe("a store that loses what it held fails the suite with `reopen`:", () => {
  const open: StoreSuiteOptions["open"] = async ({ clock }) => createMemoryStore({ clock: clock.now });
  const without = testsOf({ open });
  const withReopen = testsOf({
    open,
    async reopen(store, context) {
      await store.close();
      return open(context);
    },
  });
  it.each([...withReopen].filter(([name]) => !without.has(name)))("%s", async (_, run) => {
    await expect(run()).rejects.toThrow(AssertionError);
  });
});

describe("a store with a clock of its own", () => {
  const tests = testsOf({ clock: "own", open: async () => createMemoryStore() });

  it("is not asked for what shows only at one exact moment", () => {
    const handedIn = testsOf({ open: async () => createMemoryStore() });
    const left = [...handedIn.keys()].filter((name) => !tests.has(name));
    expect(left).toContain("a record is alive until the moment it lapses, and lapsed from that moment on");
  });

  it("is waited for until its records lapse", async () => {
    await tests.get("a lapsed record stays as it is, marked, in reads, lists, histories and clashes")?.();
    await tests.get("of many who take over a lapsed record at once, one gets it")?.();
  });
});
