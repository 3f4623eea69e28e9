import { type Cursor, eventAgeMs, type Store } from "@unclash/core/store";
import { expect, test } from "vitest";
import { createSqliteStore } from "./store.js";
import { commitOf, connect, freshFile, intercepted, putOf } from "./store.test-support.js";

async function opened() {
  const time = { now: 1_000_000 };
  const locks = { taken: 0 };
  const raw = connect(freshFile());
  const database = intercepted(raw, (sql) => {
    if (sql === "BEGIN IMMEDIATE") locks.taken++;
  });
  const store = await createSqliteStore({ database, clock: () => time.now });
  const count = (table: string) => Object.values(raw.prepare(`SELECT count(*) FROM ${table}`).get() ?? {})[0];
  return { store, time, locks, raw, count };
}

test("the log of what was forgotten goes in steps, and what is made under its key since then stays", async () => {
  const { store, count } = await opened();
  for (let n = 0; n < 5; n++) await store.commit(commitOf([putOf("a/1")]));
  await store.commit(commitOf([{ key: "a/1", expect: "any", delete: "forget" }]));
  await store.commit(commitOf([putOf("a/1")]));
  expect(count("log")).toBe(6);
  expect(await store.clean(2)).toEqual({ removed: 2, more: true });
  expect(await store.clean(100)).toEqual({ removed: 3, more: false });
  expect([count("log"), count("forgotten")]).toEqual([1, 0]);
  expect((await store.history("a/1", { limit: 10, texts: true })).records).toHaveLength(1);
});

test("what keeps no past never touches the log, and leaves nothing to clean", async () => {
  const { store, count } = await opened();
  for (let n = 0; n < 3; n++) await store.commit(commitOf([putOf("lock/a/1", { keep: "none" })]));
  await store.commit(commitOf([{ key: "lock/a/1", expect: "any", delete: "forget" }]));
  expect([count("log"), count("head"), count("forgotten")]).toEqual([0, 0, 0]);
});

test("events go once they are older than 25 hours, and the file remembers up to where they went", async () => {
  const { store, time, raw, count } = await opened();
  const events = [{ type: "resource.changed", key: "a/1" }];
  await store.commit(commitOf([], { at: time.now, events }));
  time.now += 1_000;
  await store.commit(commitOf([], { at: time.now, events }));
  time.now += eventAgeMs - 1_000;
  expect(await store.clean(100)).toEqual({ removed: 0, more: false });
  time.now += 1;
  const oldest = raw.prepare("SELECT min(position) AS eventsRemoved FROM event").get();
  expect(await store.clean(100)).toEqual({ removed: 1, more: false });
  expect(raw.prepare("SELECT eventsRemoved FROM counter").get()).toEqual(oldest);
  expect(count("event")).toBe(1);
});

test("where nothing is to be removed no lock is taken", async () => {
  const { store, locks } = await opened();
  await store.commit(commitOf([putOf("a/1", { keep: { count: 1 } })]));
  await store.commit(commitOf([putOf("a/1", { keep: { count: 1 } })]));
  locks.taken = 0;
  expect(await store.clean(100)).toEqual({ removed: 0, more: false });
  expect(locks.taken).toBe(0);
});

test("the place of what went last is remembered after closing and opening", async () => {
  const file = freshFile();
  const time = { now: 1_000_000 };
  const open = () => createSqliteStore({ file, clock: () => time.now });
  const first = async (store: Store, after: Cursor) => {
    for await (const event of store.follow(after, new AbortController().signal)) return event;
    return undefined;
  };
  const tell = (store: Store, type: string) =>
    store.commit(commitOf([], { at: time.now, events: [{ type, key: "a/1" }] }));
  const before = await open();
  await tell(before, "first");
  await tell(before, "second");
  const one = await first(before, "start");
  const two = await first(before, one && "cursor" in one ? one.cursor : "");
  time.now += eventAgeMs + 1;
  expect(await before.clean(100)).toEqual({ removed: 2, more: false });
  await before.close();
  const after = await open();
  await tell(after, "third");
  expect(await first(after, two && "cursor" in two ? two.cursor : "")).toMatchObject({ type: "third" });
  expect(await first(after, "start")).toMatchObject({ type: "third" });
  expect(await first(after, one && "cursor" in one ? one.cursor : "")).toMatchObject({ reset: expect.any(String) });
  await after.close();
});

test("of many past states the oldest go first, also where a step sees only some of them", async () => {
  const { store, count } = await opened();
  const keep = { count: 30 };
  for (let n = 0; n < 500; n++) await store.commit(commitOf([putOf("a/1", { keep })]));
  let removed = 0;
  for (let more = true; more; ) {
    const step = await store.clean(7);
    removed += step.removed;
    more = step.more;
  }
  expect([removed, count("log")]).toEqual([469, 31]);
  const { records } = await store.history("a/1", { limit: 100, texts: false });
  expect(records.map(({ version }) => version)).toEqual(Array.from({ length: 31 }, (_, n) => 500 - n));
});

test("long texts go a few at a time, and all of them in the end", async () => {
  const { store, count } = await opened();
  const long = JSON.stringify("x".repeat(700_000));
  for (let n = 0; n < 12; n++) await store.commit(commitOf([putOf("a/1", { put: long, keep: { count: 1 } })]));
  await store.commit(commitOf([putOf("a/2", { put: long })]));
  await store.commit(commitOf([{ key: "a/2", expect: "any", delete: "forget" }]));
  expect((await store.clean(5)).removed).toBeLessThanOrEqual(5);
  for (let more = true; more; ) more = (await store.clean(500)).more;
  expect(count("log")).toBe(2);
});
