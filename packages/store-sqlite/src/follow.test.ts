import { setImmediate } from "node:timers/promises";
import type { Cursor, Reset, Store, StoredEvent } from "@unclash/core/store";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { migrations } from "./schema.js";
import { createSqliteStore } from "./store.js";
import { commitOf, connect, freshFile, intercepted, putOf, sqliteError } from "./store.test-support.js";

function following(store: Store, after: Cursor = "start") {
  const controller = new AbortController();
  onTestFinished(() => controller.abort());
  const steps = store.follow(after, controller.signal)[Symbol.asyncIterator]();
  return {
    controller,
    leave: () => steps.return?.(),
    async next(): Promise<StoredEvent | Reset | undefined> {
      const { done, value } = await steps.next();
      return done ? undefined : value;
    },
    async types(count: number): Promise<readonly string[]> {
      const types: string[] = [];
      while (types.length < count) {
        const { done, value } = await steps.next();
        types.push(done ? "end" : "reset" in value ? "reset" : value.type);
      }
      return types;
    },
  };
}

function tell(store: Store, type: string, count = 1) {
  return store.commit(commitOf([], { events: Array.from({ length: count }, (_, n) => ({ type, key: `a/${n}` })) }));
}

async function opened(file = freshFile()): Promise<Store> {
  const store = await createSqliteStore({ file });
  onTestFinished(() => store.close());
  return store;
}

describe("a follower", () => {
  test("is given what another connection commits, and a watcher hears that any key may have been written", async () => {
    const file = freshFile();
    const [here, there] = [await opened(file), await opened(file)];
    const follower = following(here);
    const woken = new Promise((resolve) => here.watch(resolve));
    await there.commit(commitOf([putOf("a/1")], { events: [{ type: "elsewhere", key: "a/1" }] }));
    expect(await follower.types(1)).toEqual(["elsewhere"]);
    expect(await woken).toEqual([]);
    await tell(here, "here");
    await tell(there, "elsewhere");
    expect(await follower.types(2)).toEqual(["here", "elsewhere"]);
  });

  test("skips no commit that is late: one that began before others and is held open comes before them", async () => {
    const file = freshFile();
    const store = await opened(file);
    await tell(store, "before");
    const follower = following(store);
    expect(await follower.types(1)).toEqual(["before"]);
    const late = connect(file);
    late.exec(`
      BEGIN IMMEDIATE;
      UPDATE counter SET last = last + 2;
      INSERT INTO event (position, revision, at, type, key, tag)
        SELECT last, last - 1, 1, 'late', 'a/1', 'late' FROM counter;
    `);
    const coming = follower.types(2);
    const after = tell(store, "after");
    for (let turn = 0; turn < 200; turn++) await setImmediate();
    late.exec("COMMIT");
    await after;
    expect(await coming).toEqual(["late", "after"]);
  });

  test("waits while the file is locked, and goes on", async () => {
    const plan = { failures: 0 };
    const database = intercepted(connect(freshFile()), (sql) => {
      if (sql === "BEGIN" && plan.failures-- > 0) throw sqliteError(5);
    });
    const store = await createSqliteStore({ database });
    await tell(store, "one");
    plan.failures = 3;
    expect(await following(store).types(1)).toEqual(["one"]);
  });

  test("fails with a StoreError where the disk does, and whoever follows again misses nothing", async () => {
    const plan = { fails: false };
    const database = intercepted(connect(freshFile()), (sql) => {
      if (plan.fails && sql === "BEGIN") throw sqliteError(10);
    });
    const store = await createSqliteStore({ database });
    await tell(store, "one");
    const follower = following(store);
    const first = await follower.next();
    plan.fails = true;
    const coming = follower.next();
    await tell(store, "two");
    await expect(coming).rejects.toMatchObject({ code: "ERR_UNCLASH_STORE" });
    plan.fails = false;
    expect(await following(store, first && "cursor" in first ? first.cursor : "").types(1)).toEqual(["two"]);
  });

  test("lets others have their turn while it reads many events", async () => {
    const store = await opened();
    for (let n = 0; n < 8; n++) await tell(store, "many", 250);
    let turns = 0;
    const reading = following(store)
      .types(2_000)
      .finally(() => {
        turns = Number.NEGATIVE_INFINITY;
      });
    for (; turns >= 0 && turns < 10; turns++) await setImmediate();
    expect(turns).toBe(10);
    await reading;
  });

  test("that has ended leaves no timer behind, nor does a watcher that has stopped", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    onTestFinished(() => void vi.useRealTimers());
    const store = await opened();
    const [stopped, left] = [following(store, "now"), following(store, "now")];
    await Promise.all([stopped.next(), left.next()]);
    const unwatch = store.watch(() => {});
    expect(vi.getTimerCount(), "one for all").toBe(1);
    const ending = stopped.next();
    stopped.controller.abort();
    await ending;
    unwatch();
    expect(vi.getTimerCount()).toBe(1);
    await left.leave();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("of a store that is closed ends while it waits for a locked file", async () => {
    const plan = { isLocked: true };
    const database = intercepted(connect(freshFile()), (sql) => {
      if (plan.isLocked && sql === "BEGIN") throw sqliteError(5);
    });
    const store = await createSqliteStore({ database });
    const coming = following(store).next();
    await setImmediate();
    await store.close();
    expect(await coming).toBe(undefined);
  });
});

describe("a cursor", () => {
  test("of what a backup does not have is told from what the file has there since it was taken back", async () => {
    const file = freshFile();
    const store = await opened(file);
    await tell(store, "kept");
    connect(file).exec(`VACUUM INTO '${file}.backup'`);
    await tell(store, "lost");
    const follower = following(store);
    await follower.next();
    const lost = await follower.next();
    const cursor = lost && "cursor" in lost ? lost.cursor : "";
    const restored = await opened(`${file}.backup`);
    expect(await following(restored, cursor).types(1)).toEqual(["reset"]);
    await tell(restored, "other");
    const second = following(restored);
    await second.next();
    expect(await second.next()).toMatchObject({ type: "other", cursor: expect.stringContaining(cursor.slice(0, 20)) });
    expect(await following(restored, cursor).types(1)).toEqual(["reset"]);
  });

  test("of a file in which nothing has happened yet is none of another such file", async () => {
    const places = await Promise.all([opened(), opened()].map(async (store) => following(await store, "now").next()));
    expect(places[0]).not.toEqual(places[1]);
  });
});

test("a file from before events had tags gives them those of the states that they tell of", async () => {
  const file = freshFile();
  const database = connect(file);
  database.exec(migrations[0] ?? "");
  database.exec(`
    PRAGMA application_id = ${0x756e636c};
    PRAGMA user_version = 1;
    UPDATE counter SET last = 20, eventsRemoved = 2;
    INSERT INTO head (id, key, depth, version, revision, position, tag, deleted, createdAt, modifiedAt, cause)
      VALUES (1, 'a/1', 1, 2, 8, 9, 'second', 0, 1, 2, 'test');
    INSERT INTO head (id, key, depth, version, revision, tag, deleted, createdAt, modifiedAt, keepCount, cause, body)
      VALUES (2, 'lock/1', 1, 4, 11, 'held', 0, 1, 2, 0, 'test', '{}');
    INSERT INTO log (position, id, version, revision, tag, deleted, createdAt, modifiedAt, cause, text)
      VALUES (5, 1, 1, 4, 'first', 0, 1, 1, 'test', '{}'), (9, 1, 2, 8, 'second', 0, 1, 2, 'test', '{}');
    INSERT INTO event (position, revision, at, type, key, version)
      VALUES (6, 4, 1, 't', 'a/1', 1), (10, 8, 2, 't', 'a/1', 2), (13, 11, 3, 't', 'lock/1', NULL),
        (14, 14, 4, 't', 'b/1', 1);
  `);
  const store = await opened(file);
  const follower = following(store);
  const tags: unknown[] = [];
  const cursors: Cursor[] = [];
  for (let n = 0; n < 4; n++) {
    const event = await follower.next();
    if (event && "tag" in event) {
      tags.push(event.tag);
      cursors.push(event.cursor);
    }
  }
  expect(tags).toEqual(["first", "second", "held", expect.stringMatching(/^[0-9a-f]{16}$/)]);
  await tell(store, "new");
  expect(await following(store, cursors.at(-1) ?? "").types(1)).toEqual(["new"]);
  expect(await following(store, cursors[0] ?? "").types(4)).toEqual(["t", "t", "t", "new"]);
});
