import type { Commit, Store } from "@unclash/core/store";
import { type RedisServer, redisBinary, startRedis } from "@unclash/test-servers";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { AnyRedisClient } from "./options.js";
import { createRedisStore } from "./store.js";
import { commitOf, connectTo, freshName, putOf } from "./store.test-support.js";

const longMs = 5_000;
// Where the test waits for calls to be given up.
const shortMs = 1_000;

const clients: Readonly<Record<string, (url: string) => AnyRedisClient>> = {
  ioredis: (url) => new Redis(url, { lazyConnect: true }),
  "node-redis": (url) => createClient({ url }),
};

describe.skipIf(redisBinary() === undefined).each(Object.keys(clients))("faults, on %s", (library) => {
  let server: RedisServer;
  let admin: Redis;
  beforeAll(async () => {
    server = await startRedis({ settings: { appendonly: "yes", appendfsync: "always" } });
  });
  afterAll(() => server.remove());
  beforeEach(async () => {
    await server.start();
    admin = connectTo(server.url);
    await admin.config("SET", "maxmemory", "0");
  });

  async function open(timeoutMs = longMs, name = freshName()): Promise<Store> {
    const client = clients[library]?.(server.url);
    if (client === undefined) throw new Error("no such library");
    const store = await createRedisStore({ client, name, timeoutMs });
    onTestFinished(() => store.close());
    return store;
  }

  async function works(store: Store): Promise<boolean> {
    return store.read(["a/1"]).then(
      () => true,
      () => false,
    );
  }

  test("scripts that the server forgets are sent again, and each commit counts once", async () => {
    const store = await open();
    await store.commit(commitOf([putOf("a/1")]));
    let isOver = false;
    const flushing = (async () => {
      while (!isOver) await admin.script("FLUSH");
    })();
    for (let n = 0; n < 50; n++) {
      const { records } = await store.read(["a/1"]);
      const expect_ = { tag: records[0]?.tag ?? "" };
      expect((await store.commit(commitOf([putOf("a/1", { expect: expect_ })]))).kind).toBe("committed");
    }
    isOver = true;
    await flushing;
    expect((await store.read(["a/1"])).records[0]?.version).toBe(51);
  });

  test("a full server refuses a commit as a whole, still reads, and commits again once there is room", async () => {
    const store = await open();
    const first = await store.commit(commitOf([putOf("a/1"), putOf("a/2", { ttlMs: 60_000 }), putOf("a/3")]));
    const before = await store.read(["a/1", "a/2", "a/3", "a/4"]);
    await admin.config("SET", "maxmemory", "1");
    const writes = [
      putOf("a/1", { index: [{ name: "n", value: "v" }] }),
      { key: "a/2", expect: "any", extendMs: 90_000 },
      { key: "a/3", expect: "any", delete: "tombstone" },
      putOf("a/4"),
    ] as const;
    const all = [...writes.map((write) => [write]), writes];
    const events = [{ type: "changed", key: "a/1" }];
    const plain = putOf("a/1", { expect: { tag: first.kind === "committed" ? (first.records[0]?.tag ?? "") : "" } });
    for (const some of [...all, [plain], [{ key: "a/3", expect: "any", delete: "forget" } as const]]) {
      await expect(store.commit(commitOf(some, { events }))).rejects.toMatchObject({ outcome: "not-applied" });
      expect((await store.read(["a/1", "a/2", "a/3", "a/4"])).records).toEqual(before.records);
    }
    await admin.config("SET", "maxmemory", "0");
    expect((await store.commit(commitOf(writes))).kind).toBe("committed");
  });

  test("a full server still cleans, which makes room", async () => {
    const store = await open();
    for (let n = 0; n < 5; n++) await store.commit(commitOf([putOf("a/1", { keep: { count: 1 } })]));
    await store.commit(commitOf([], { at: 1, events: [{ type: "old", key: "a/1" }] }));
    await admin.config("SET", "maxmemory", "1");
    expect(await store.clean(100)).toEqual({ removed: 4, more: false });
  });

  test("connections that are cut leave no commit half done, none twice, and none that was refused", async () => {
    const store = await open();
    const cut = (): Promise<unknown> => admin.call("CLIENT", ["KILL", "TYPE", "normal", "SKIPME", "yes"]);
    const outcomes = new Map<string, string>();
    const wasCutOff = (): boolean => [...outcomes.values()].includes("unknown");
    const writer = async (key: string): Promise<void> => {
      for (let sent = 0; sent < 100 || (!wasCutOff() && sent < 5_000); ) {
        const draft = commitOf([putOf(key), putOf(`${key}-twin`)]);
        const [outcome] = await Promise.all([outcomeOf(store, draft), sent % 10 === 9 && cut()]);
        outcomes.set(draft.tag, outcome);
        if (outcome === "not-applied")
          await expect.poll(() => works(store), { interval: 5, timeout: 15_000 }).toBe(true);
        else sent++;
      }
    };
    await Promise.all(["a/1", "a/2", "a/3"].map(writer));
    expect(new Set(outcomes.values()), "some were cut off on their way").toContain("unknown");
    expect(new Set(outcomes.values())).toContain("committed");
    await expect.poll(() => works(store), { timeout: 15_000 }).toBe(true);
    for (const key of ["a/1", "a/2", "a/3"]) {
      const [history, twin] = await Promise.all(
        [key, `${key}-twin`].map((one) => store.history(one, { limit: 1_000, texts: false })),
      );
      const tags = history?.records.map(({ tag }) => tag) ?? [];
      expect(twin?.records.map(({ tag }) => tag)).toEqual(tags);
      expect(new Set(tags).size).toBe(tags.length);
      for (const tag of tags) expect(outcomes.get(tag)).not.toBe("not-applied");
    }
    const found = await Promise.all(
      ["a/1", "a/2", "a/3"].map((key) => store.history(key, { limit: 1_000, texts: false })),
    );
    const applied = new Set(found.flatMap(({ records }) => records.map(({ tag }) => tag)));
    for (const [tag, outcome] of outcomes) if (outcome === "committed") expect(applied).toContain(tag);
  });

  test("a server that is away makes every call fail in time, and is found again by itself", async () => {
    const store = await open(shortMs);
    await store.commit(commitOf([putOf("a/1")]));
    await server.stop("SIGKILL");
    for (let n = 0; n < 3; n++) {
      await expect(store.read(["a/1"])).rejects.toMatchObject({ code: "ERR_UNCLASH_STORE" });
      await expect(store.commit(commitOf([putOf("a/1")]))).rejects.toMatchObject({ code: "ERR_UNCLASH_STORE" });
    }
    await server.start();
    await expect.poll(() => works(store), { timeout: 15_000 }).toBe(true);
    expect((await store.read(["a/1"])).records[0]?.version).toBe(1);
  });

  test("a server that takes no more writes is looked for anew: its name may lead to another one by now", async () => {
    const store = await open();
    const connections = async (): Promise<string> =>
      `${await admin.client("LIST", "TYPE", "NORMAL")}`.replace(/ .*/g, "");
    const before = await connections();
    await admin.replicaof("127.0.0.1", 1);
    try {
      const tryOnce = async (): Promise<string> => {
        await expect(store.commit(commitOf([putOf("a/1")]))).rejects.toMatchObject({ outcome: "not-applied" });
        return connections();
      };
      await expect.poll(tryOnce, { timeout: 15_000 }).not.toBe(before);
    } finally {
      await admin.replicaof("NO", "ONE");
    }
    await expect.poll(() => works(store), { timeout: 15_000 }).toBe(true);
    expect((await store.commit(commitOf([putOf("a/1")]))).kind).toBe("committed");
  });

  test("a server that hangs makes calls fail with an unknown outcome, and is used again once it goes on", async () => {
    const store = await open(shortMs);
    process.kill(server.pid(), "SIGSTOP");
    try {
      const draft = commitOf([putOf("a/1", { expect: "absent" })]);
      await expect(store.commit(draft)).rejects.toMatchObject({ outcome: "unknown" });
    } finally {
      process.kill(server.pid(), "SIGCONT");
    }
    await expect.poll(() => works(store), { timeout: 15_000 }).toBe(true);
  });

  test("a script that fails on the way leaves its commit unknown", async () => {
    const name = freshName();
    const store = await open(longMs, name);
    await admin.set(`{${name}}:i:email`, "not the store's");
    const index = [{ name: "email", value: "a@b" }];
    const draft = commitOf([putOf("a/1"), putOf("a/2", { index })]);
    await expect(store.commit(draft)).rejects.toMatchObject({ code: "ERR_UNCLASH_STORE", outcome: "unknown" });
    expect((await store.read(["a/1"])).records[0]?.tag, "some of it is there").toBe(draft.tag);
  });

  test("no more calls wait than may", async () => {
    const client = clients[library]?.(server.url);
    if (client === undefined) throw new Error("no such library");
    const store = await createRedisStore({ client, name: freshName(), queueMax: 3 });
    onTestFinished(() => store.close());
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => store.read(["a/1"])));
    expect(results.map(({ status }) => status)).toEqual([
      "fulfilled",
      "fulfilled",
      "fulfilled",
      "rejected",
      "rejected",
    ]);
    expect(results[4]).toMatchObject({ reason: { code: "ERR_UNCLASH_STORE", outcome: "not-applied" } });
    await store.read(["a/1"]);
  });
});

async function outcomeOf(store: Store, draft: Commit): Promise<string> {
  try {
    return (await store.commit(draft)).kind;
  } catch (error) {
    return error instanceof Error && "outcome" in error ? String(error.outcome) : `unexpected: ${error}`;
  }
}
