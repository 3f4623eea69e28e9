import type { Key } from "@unclash/core/store";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Calls } from "./calls.js";
import { Changes } from "./changes.js";
import type { PostgresPool, PostgresQuery } from "./driver.js";
import { commitOf } from "./store.test-support.js";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const writing = (...keys: readonly Key[]) =>
  commitOf(
    1,
    keys.map((key) => ({ key, expect: "any", put: "{}" })),
  );

test("the first commit is told of at once, and those that come soon after it share the next notification", async () => {
  const { changes, sent } = started();
  changes.committed(writing("a/1"));
  await vi.advanceTimersByTimeAsync(0);
  expect(sent()).toEqual([["a/1"]]);
  changes.committed(writing("a/2", "a/3"));
  changes.committed(writing("a/2"));
  await vi.advanceTimersByTimeAsync(10);
  changes.committed(writing("a/4"));
  expect(sent()).toEqual([["a/1"]]);
  await vi.advanceTimersByTimeAsync(10);
  expect(sent()).toEqual([["a/1"], ["a/2", "a/3", "a/4"]]);
});

test("after a pause the next commit is told of at once again", async () => {
  const { changes, sent } = started();
  for (const key of ["a/1", "a/2"]) {
    changes.committed(writing(key));
    await vi.advanceTimersByTimeAsync(0);
    expect(sent()).toContainEqual([key]);
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(sent()).toHaveLength(2);
});

test("while a notification is on its way no other is sent, however long it takes", async () => {
  const { changes, sent, answer } = started({ isSlow: true });
  changes.committed(writing("a/1"));
  for (const key of ["a/2", "a/3", "a/4"]) {
    await vi.advanceTimersByTimeAsync(100);
    changes.committed(writing(key));
  }
  expect(sent()).toEqual([["a/1"]]);
  answer();
  await vi.advanceTimersByTimeAsync(100);
  expect(sent()).toEqual([["a/1"], ["a/2", "a/3", "a/4"]]);
});

test("a commit of events alone is told of, also while a notification is on its way", async () => {
  const { changes, sent, answer } = started({ isSlow: true });
  const events = commitOf(1, [], { events: [{ type: "t", key: "a/1" }] });
  changes.committed(events);
  await vi.advanceTimersByTimeAsync(0);
  expect(sent()).toEqual([[]]);
  changes.committed(events);
  answer();
  await vi.advanceTimersByTimeAsync(100);
  expect(sent()).toEqual([[], []]);
});

test("a thousand commits in a second are told of in some seventy notifications, none before its commit", async () => {
  const { changes, sent } = started();
  for (let n = 0; n < 1_000; n++) {
    changes.committed(writing(`a/${n}`));
    await vi.advanceTimersByTimeAsync(1);
    expect(sent().flat().length).toBeLessThanOrEqual(n + 1);
  }
  await vi.advanceTimersByTimeAsync(100);
  expect(sent().length).toBeLessThan(70);
  expect(sent().flat()).toEqual(Array.from({ length: 1_000 }, (_, n) => `a/${n}`));
});

test("closing gives what was not told of yet, and nothing where all was", async () => {
  const { changes, sent } = started();
  changes.committed(writing("a/1"));
  await vi.advanceTimersByTimeAsync(0);
  changes.committed(writing("a/2"));
  const last = changes.close()?.();
  expect(last && keysIn(last)).toEqual(["a/2"]);
  await vi.advanceTimersByTimeAsync(100);
  expect(sent()).toEqual([["a/1"]]);
  const idle = started();
  idle.changes.committed(writing("a/1"));
  await vi.advanceTimersByTimeAsync(100);
  expect(idle.changes.close()).toBeUndefined();
});

test("where notifications are not wanted, none is sent", async () => {
  const { changes, sent } = started({ notifies: false });
  changes.committed(writing("a/1"));
  await vi.advanceTimersByTimeAsync(100);
  expect(sent()).toEqual([]);
  expect(changes.close()).toBeUndefined();
});

// The keys of each notification that was sent, and what answers those of a slow server.
function started({ isSlow = false, notifies = true } = {}) {
  const queries: PostgresQuery[] = [];
  const waiting: (() => void)[] = [];
  const pool: PostgresPool = {
    connect: async () => ({
      async query(query) {
        queries.push(query);
        if (isSlow) await new Promise<void>((resolve) => waiting.push(resolve));
        return { rows: [["off", ""]] };
      },
      release() {},
      on() {},
      removeListener() {},
      getTransactionStatus: () => "I",
    }),
  };
  const calls = new Calls(pool, { timeoutMs: 60_000, queueMax: 10, concurrency: 10 });
  return {
    changes: new Changes(calls, "unclash", notifies, undefined),
    sent: () => queries.map(keysIn),
    answer() {
      for (const resolve of waiting.splice(0)) resolve();
    },
  };
}

function keysIn({ values }: PostgresQuery): unknown {
  const payload = String(values[1]);
  return JSON.parse(payload.slice(payload.indexOf(" ") + 1));
}
