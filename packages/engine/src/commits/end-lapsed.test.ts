import type { Store, StoredRecord } from "@unclash/core/store";
import { expect, test, vi } from "vitest";
import { endLapsed } from "./end-lapsed.js";
import { type Ending, forgotten } from "./lapsed-kinds.js";
import { announcedIn, countOf, putLapsing, SimulatedTime } from "./simulated-processes.test-support.js";

async function setUp(count: number) {
  const time = new SimulatedTime();
  const store = time.openStore();
  await putLapsing(store, "lock", count);
  await time.advance(10);
  const { records, now } = await store.list({ lapsedBefore: time.storeNow(), limit: 1_000, texts: false });
  return { time, store, records, now };
}

function announcing(record: StoredRecord): Ending {
  return { ...forgotten(record), events: [{ type: "lock.expired", key: record.key }] };
}

function countingCommits(store: Store) {
  const commit = vi.fn(store.commit);
  return { store: { ...store, commit }, commits: () => commit.mock.calls.length };
}

test("endings share commits, as many as one can hold", async () => {
  const { store, records, now } = await setUp(600);
  const counting = countingCommits(store);
  expect(await endLapsed(counting.store, records.map(announcing), now)).toEqual({ ended: 600, events: 600, missed: 0 });
  expect(counting.commits()).toBe(3);
  expect(await countOf(store, "lock")).toBe(0);
});

test("what is in use again stays, and is not announced; all others are ended", async () => {
  const { store, records, now } = await setUp(5);
  await putLapsing(store, "lock", 1, { from: 2, ttlMs: 60_000 });
  expect(await endLapsed(store, records.map(announcing), now)).toEqual({ ended: 4, events: 4, missed: 1 });
  expect((await store.read(["lock/000002"])).records[0]?.lapsed).toBeUndefined();
  expect(await announcedIn(store)).not.toContain("lock/000002");
});

test("one that relies on what has changed is left, and keeps no other one", async () => {
  const { store, records, now } = await setUp(4);
  const [first, ...others] = records.map(announcing);
  const stale: Ending[] = first ? [{ ...first, reads: [{ key: "lock-queue/1", expect: "present" }] }] : [];
  const range = { range: { prefix: "lock-queue/", limit: 1 }, seen: [{ key: "lock-queue/1", tag: "t" }] };
  const alsoStale = others.slice(0, 1).map((ending): Ending => ({ ...ending, reads: [range] }));
  const result = await endLapsed(store, [...stale, ...alsoStale, ...others.slice(1)], now);
  expect(result).toEqual({ ended: 2, events: 2, missed: 2 });
  expect(await countOf(store, "lock")).toBe(2);
});

test("what takes a record's place, and what belongs to it, is one commit with it", async () => {
  const { store, records, now } = await setUp(2);
  const endings = records.map(
    (record): Ending => ({
      record,
      action: { put: '{"state":"expired"}', ttlMs: 60_000, keep: "none" },
      writes: [{ key: "lock-queue/1", expect: "any", put: `"${record.key}"` }],
    }),
  );
  expect(await endLapsed(store, endings, now)).toMatchObject({ ended: 2 });
  const { records: after } = await store.read([...records.map(({ key }) => key), "lock-queue/1"]);
  expect(after.map((record) => record?.text)).toEqual(['{"state":"expired"}', '{"state":"expired"}', '"lock/000001"']);
  expect(after[0]).toMatchObject({ version: 2, cause: "lapse" });
});
