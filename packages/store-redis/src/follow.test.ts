import type { Cursor, Reset, Store, StoredEvent } from "@unclash/core/store";
import { redisBinary, redisUrl, startRedis } from "@unclash/test-servers";
import { describe, expect, onTestFinished, test } from "vitest";
import { createRedisStore } from "./store.js";
import { commitOf, connectTo, freshName, putOf, removeStore } from "./store.test-support.js";

async function openOn(url: string, name: string): Promise<Store> {
  const store = await createRedisStore({ url, name, timeoutMs: 20_000 });
  onTestFinished(() => store.close());
  return store;
}

async function openTwo(): Promise<readonly [Store, Store]> {
  const name = freshName();
  onTestFinished(() => removeStore(redisUrl ?? "", name));
  return [await openOn(redisUrl ?? "", name), await openOn(redisUrl ?? "", name)];
}

// The next so many, and then it stops.
async function take(store: Store, after: Cursor, count: number): Promise<readonly (StoredEvent | Reset)[]> {
  const found: (StoredEvent | Reset)[] = [];
  for await (const one of store.follow(after, new AbortController().signal)) {
    found.push(one);
    if (found.length === count) break;
  }
  return found;
}

const told = (type: string, at?: number) => {
  const events = [{ type, key: "a/1" }];
  return commitOf([], at === undefined ? { events } : { events, at });
};

function cursorOf(found: StoredEvent | Reset | undefined): Cursor {
  if (found === undefined) throw new Error("an event or a reset was expected");
  return "reset" in found ? found.reset : found.cursor;
}

describe.skipIf(redisUrl === undefined)("following", () => {
  test("while two clients commit at once, a follower is given each event once, in the order of revisions", async () => {
    const [one, other] = await openTwo();
    const count = 2_000;
    const following = take(one, "start", count);
    const commits = Array.from({ length: count }, (_, n) => {
      const events = [{ type: "counted", key: `a/${n % 7}`, version: n + 1 }];
      return (n % 2 === 0 ? one : other).commit(commitOf([putOf(`a/${n % 7}`)], { events }));
    });
    const results = await Promise.all(commits);
    const events = (await following).flatMap((found) => ("reset" in found ? [] : [found]));
    expect(new Set(events.map(({ version }) => version)).size).toBe(count);
    const revisions = events.map(({ revision }) => revision);
    expect(revisions).toEqual(revisions.toSorted((a, b) => a - b));
    const committed = results.flatMap((result) => (result.kind === "committed" ? [result.records[0]?.revision] : []));
    expect(new Set(revisions)).toEqual(new Set(committed));
  });

  test("who goes on after the last event that was cleaned misses nothing; who is further behind is told", async () => {
    const [store] = await openTwo();
    for (const type of ["old-1", "old-2", "old-3"]) await store.commit(told(type, 1));
    const cursors = (await take(store, "start", 3)).map(cursorOf);
    const { now } = await store.read([]);
    await store.commit(told("young", now));
    expect(await store.clean(2)).toEqual({ removed: 2, more: true });
    expect((await take(store, cursors[1] ?? "", 2)).map((found) => ("type" in found ? found.type : "reset"))).toEqual([
      "old-3",
      "young",
    ]);
    const [reset] = await take(store, cursors[0] ?? "", 1);
    const [young] = (await take(store, "start", 2)).slice(1);
    expect(reset).toEqual({ reset: cursorOf(young) });
    expect(await store.clean(2)).toEqual({ removed: 1, more: false });
    expect(await take(store, cursors[2] ?? "", 1)).toEqual([young]);
    expect(await take(store, "start", 1)).toEqual([young]);
  });

  test("a follower whose place is cleaned away while it takes its time is told", async () => {
    const [store] = await openTwo();
    for (let n = 0; n < 250; n++) await store.commit(told(`old-${n}`, 1));
    const following = store.follow("start", new AbortController().signal)[Symbol.asyncIterator]();
    onTestFinished(async () => void (await following.return?.()));
    expect((await following.next()).value).toMatchObject({ type: "old-0" });
    while ((await store.clean(500)).more);
    const kinds = [];
    for (let n = 0; n < 100; n++) kinds.push("reset" in (await following.next()).value ? "reset" : "event");
    expect(kinds.indexOf("reset"), "what it had already is given out first").toBe(99);
  });

  test("a cursor of another store's log is told from one of its own, even at the beginning of both", async () => {
    const [one] = await openTwo();
    const [other] = await openTwo();
    const [place] = await take(one, "now", 1);
    await other.commit(told("first"));
    const [found] = await take(other, cursorOf(place), 1);
    expect(found).toHaveProperty("reset");
    await one.commit(told("first"));
    expect(await take(one, cursorOf(place), 1)).toMatchObject([{ type: "first" }]);
  });

  test("a follower that asks for nothing more holds no connection once the store is closed", async () => {
    const server = await startRedis();
    onTestFinished(() => server.remove());
    const store = await openOn(server.url, "left");
    await store.commit(told("first"));
    const following = store.follow("start", new AbortController().signal)[Symbol.asyncIterator]();
    await following.next();
    const second = following.next();
    const admin = connectTo(server.url);
    await expect.poll(() => admin.info("clients")).toContain("blocked_clients:1");
    await store.commit(told("second"));
    expect((await second).value).toMatchObject({ type: "second" });
    await store.close();
    await expect.poll(() => admin.info("clients")).toMatch(/connected_clients:1\r/);
  });

  test("a connection that is cut ends the following with a StoreError, and then it goes on where it was", async () => {
    const server = await startRedis();
    onTestFinished(() => server.remove());
    const store = await openOn(server.url, "cut");
    await store.commit(told("first"));
    const following = store.follow("start", new AbortController().signal)[Symbol.asyncIterator]();
    const { value: first } = await following.next();
    const waiting = following.next();
    const admin = connectTo(server.url);
    await expect.poll(() => admin.info("clients")).toContain("blocked_clients:1");
    await Promise.all([
      expect(waiting).rejects.toMatchObject({ code: "ERR_UNCLASH_STORE" }),
      admin.call("CLIENT", ["KILL", "TYPE", "normal", "SKIPME", "yes"]),
    ]);
    const committed = async (): Promise<boolean> =>
      store.commit(told("second")).then(
        () => true,
        () => false,
      );
    await expect.poll(committed, { timeout: 15_000 }).toBe(true);
    expect(await take(store, cursorOf(first ?? undefined), 1)).toMatchObject([{ type: "second" }]);
  });
});

describe.skipIf(redisBinary() === undefined)("a failover that loses the newest commits", () => {
  test("resets who had followed them, and lets nobody write over what they wrote", async () => {
    const primary = await startRedis({ settings: { "repl-diskless-sync-delay": "0" } });
    onTestFinished(() => primary.remove());
    const replica = await startRedis({ settings: { replicaof: `127.0.0.1 ${primary.port}` } });
    onTestFinished(() => replica.remove());
    const [admin, successor] = [connectTo(primary.url), connectTo(replica.url)];
    await expect.poll(() => admin.info("replication"), { timeout: 15_000 }).toContain("state=online");

    const store = await openOn(primary.url, "lossy");
    await store.commit(commitOf([putOf("a/1")], { events: [{ type: "kept", key: "a/1" }] }));
    await expect.poll(() => successor.xlen("{lossy}:e")).toBe(1);
    const [kept] = await take(store, "start", 1);
    await successor.call("REPLICAOF", ["NO", "ONE"]);
    const lost = await store.commit(commitOf([putOf("a/1")], { events: [{ type: "lost", key: "a/1" }] }));
    const [lostEvent] = await take(store, cursorOf(kept), 1);
    await primary.stop("SIGKILL");

    const after = await openOn(replica.url, "lossy");
    const lostTag = lost.kind === "committed" ? (lost.records[0]?.tag ?? "") : "";
    const other = commitOf([putOf("a/1", { put: '"other"' })], { events: [{ type: "other", key: "a/1" }] });
    await after.commit(other);
    const [again] = await take(after, cursorOf(kept), 1);
    expect(again).toMatchObject({ type: "other", tag: other.tag });
    expect(await take(after, cursorOf(lostEvent), 1)).toEqual([{ reset: cursorOf(again) }]);
    const over = await after.commit(commitOf([putOf("a/1", { expect: { tag: lostTag } })]));
    expect(over).toMatchObject({ kind: "clash", clashes: [{ key: "a/1", current: { tag: other.tag } }] });
  });
});
