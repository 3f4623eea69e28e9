import type { Store } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import { expect, test } from "vitest";
import { endOfLog } from "./end-of-log.js";

function tell(store: Store, n: number): Promise<unknown> {
  const events = [{ type: "test", key: `notes/${n}` }];
  return store.commit({ tag: `tag${n}`, at: n, reads: [], writes: [], events, by: null, cause: "test" });
}

/** The key of the first event behind a place. */
async function firstBehind(store: Store, place: string): Promise<string> {
  const stop = new AbortController();
  for await (const each of store.follow(place, stop.signal)) {
    stop.abort();
    return "reset" in each ? "reset" : each.key;
  }
  return "end";
}

test("what is committed before the end of the log was read lies before it, and what is after, behind", async () => {
  const store = createMemoryStore();
  await tell(store, 1);
  await tell(store, 2);
  const place = await endOfLog(store);
  await tell(store, 3);
  expect(await firstBehind(store, place)).toBe("notes/3");
});

test("a place that was read before the last commit is caught", async () => {
  const store = createMemoryStore();
  const place = await endOfLog(store);
  await tell(store, 1);
  await tell(store, 2);
  expect(await firstBehind(store, place)).not.toBe("notes/2");
});

test("a store that was closed, or that fails, has no end", async () => {
  const store = createMemoryStore();
  await store.close();
  await expect(endOfLog(store)).rejects.toMatchObject({ outcome: "not-applied" });
});
