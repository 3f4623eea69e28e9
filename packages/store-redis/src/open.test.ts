import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { ConfigurationError, StoreError } from "@unclash/core";
import { type RedisServer, redisBinary, startRedis } from "@unclash/test-servers";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { assertSuitable, replicatedWarning } from "./capabilities.js";
import { type RedisStoreOptions, resolveOptions } from "./options.js";
import { createRedisStore } from "./store.js";
import { commitOf, connectTo, putOf } from "./store.test-support.js";

async function serverWith(settings: Record<string, string> = {}): Promise<RedisServer> {
  const server = await startRedis({ settings });
  onTestFinished(() => server.remove());
  return server;
}

async function opened(options: RedisStoreOptions) {
  const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  onTestFinished(() => warned.mockRestore());
  const store = await createRedisStore(options);
  onTestFinished(() => store.close());
  return { store, warnings: warned.mock.calls.map(([text]) => String(text)) };
}

describe.skipIf(redisBinary() === undefined)("opening a store", () => {
  test.each([
    [{ appendonly: "yes", appendfsync: "always" }, "fsync"],
    [{ appendonly: "yes", appendfsync: "always", "no-appendfsync-on-rewrite": "yes" }, "process"],
    [{ appendonly: "yes", appendfsync: "everysec" }, "process"],
    [{ appendonly: "yes", appendfsync: "no" }, "process"],
    [{ appendonly: "no", appendfsync: "always" }, "none"],
  ] as const)("claims what the settings %o give: %s, and warns of less than fsync", async (settings, durability) => {
    const { url } = await serverWith(settings);
    const { store, warnings } = await opened({ url });
    expect(store.capabilities).toEqual({ durability, failover: "lossy", processes: "many" });
    expect(warnings.filter((warning) => warning.includes("appendfsync always"))).toHaveLength(
      durability === "fsync" ? 0 : 1,
    );
  });

  test("declares what the options say", async () => {
    const { url } = await serverWith();
    const { store, warnings } = await opened({ url, durability: "fsync", failover: "safe" });
    expect(store.capabilities).toEqual({ durability: "fsync", failover: "safe", processes: "many" });
    expect(warnings).toEqual([]);
  });

  test("where CONFIG is forbidden, claims no more than INFO shows", async () => {
    const { url, port } = await serverWith({ appendonly: "yes", appendfsync: "always" });
    const admin = connectTo(url);
    await admin.call("ACL", ["SETUSER", "app", "on", ">secret", "~*", "&*", "+@all", "-@dangerous", "+info"]);
    for (const client of [
      new Redis(`redis://app:secret@127.0.0.1:${port}`, { lazyConnect: true }),
      createClient({ url: `redis://app:secret@127.0.0.1:${port}` }),
    ]) {
      const { store } = await opened({ client });
      expect(store.capabilities.durability).toBe("process");
    }
  });

  test("where INFO is forbidden too, does not take the server for one that keeps its records", async () => {
    const { url, port } = await serverWith();
    await connectTo(url).call("ACL", ["SETUSER", "app", "on", ">secret", "~*", "&*", "+@all", "-@dangerous"]);
    const forbidden = `redis://app:secret@127.0.0.1:${port}`;
    await expect(opened({ url: forbidden })).rejects.toThrow(/lets INFO be read/);
    const { store } = await opened({ url: forbidden, allowEvictingRedis: true });
    expect(store.capabilities.durability).toBe("none");
  });

  test("names the command that the server does not let it use", async () => {
    const { url, port } = await serverWith();
    await connectTo(url).call("ACL", ["SETUSER", "app", "on", ">secret", "~*", "&*", "+@all", "-xadd"]);
    const opening = opened({ url: `redis://app:secret@127.0.0.1:${port}` });
    await expect(opening).rejects.toThrow(ConfigurationError);
    await expect(opening).rejects.toThrow(/xadd|can't run this command/i);
  });

  test("refuses a server that may evict records, unless that is allowed", async () => {
    const { url } = await serverWith({ "maxmemory-policy": "allkeys-lru" });
    await expect(opened({ url })).rejects.toThrow(/noeviction.*allowEvictingRedis.*allkeys-lru/);
    const { store } = await opened({ url, allowEvictingRedis: true });
    expect((await store.commit(commitOf([putOf("a/1")]))).kind).toBe("committed");
  });

  test("warns where the server has replicas, refuses to call that safe, and refuses the replica itself", async () => {
    const primary = await serverWith({ "repl-diskless-sync-delay": "0" });
    const replica = await serverWith({ replicaof: `127.0.0.1 ${primary.port}` });
    const admin = connectTo(primary.url);
    await expect.poll(() => admin.info("replication"), { timeout: 15_000 }).toContain("state=online");
    expect((await opened({ url: primary.url })).warnings.join()).toContain(replicatedWarning);
    await expect(opened({ url: primary.url, failover: "safe" })).rejects.toThrow(/^failover must be "lossy"/);
    await expect(opened({ url: replica.url })).rejects.toThrow(/is a replica/);
  });

  test("names the option that leads to a server which does not let it in, and why", async () => {
    const { url, port } = await serverWith();
    await connectTo(url).config("SET", "requirepass", "right");
    for (const [address, why] of [
      [`redis://127.0.0.1:${port}`, /NOAUTH/],
      [`redis://:wrong@127.0.0.1:${port}`, /WRONGPASS/],
    ] as const) {
      const clients = [new Redis(address, { lazyConnect: true }), createClient({ url: address })];
      for (const client of clients) {
        await expect(opened({ client })).rejects.toMatchObject({
          option: "client",
          message: expect.stringMatching(why),
        });
      }
      await expect(opened({ url: address })).rejects.toMatchObject({
        option: "url",
        message: expect.stringMatching(why),
      });
    }
  });

  test("gives up on a server that is not there, at once and with its reason", async () => {
    const server = await serverWith();
    await server.stop();
    for (const client of [new Redis(server.port, { lazyConnect: true }), createClient({ url: server.url })]) {
      const opening = createRedisStore({ client });
      await expect(opening).rejects.toThrow(/^Redis cannot be reached: .*ECONNREFUSED/);
      await expect(opening).rejects.toMatchObject({ code: "ERR_UNCLASH_STORE", outcome: "not-applied" });
      await expect(opening).rejects.toThrow(StoreError);
    }
  });

  test("ends its connection to a server that never answers", async () => {
    const open = new Set<Socket>();
    const silent = createServer((socket) => {
      open.add(socket.resume().on("close", () => open.delete(socket)));
    });
    await once(silent.listen(0, "127.0.0.1"), "listening");
    onTestFinished(() => void silent.close());
    const address = silent.address();
    const silentUrl = `redis://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
    for (const client of [new Redis(silentUrl, { lazyConnect: true }), createClient({ url: silentUrl })]) {
      const opening = createRedisStore({ client, timeoutMs: 50 });
      await expect(opening).rejects.toThrow("Redis did not answer within 50 ms.");
      await expect.poll(() => open.size).toBe(0);
    }
  });

  test("leaves the client that it was given as it was", async () => {
    const { url } = await serverWith();
    const ioredis = new Redis(url, { lazyConnect: true, keyPrefix: "app:" });
    const nodeRedis = createClient({ url });
    for (const client of [ioredis, nodeRedis]) {
      const store = await createRedisStore({ client });
      await store.commit(commitOf([putOf("a/1")]));
      await store.close();
    }
    expect([ioredis.status, nodeRedis.isOpen]).toEqual(["wait", false]);
    const keys = await connectTo(url).keys("*");
    expect(keys.filter((key) => !key.startsWith("{unclash}:"))).toEqual([]);
  });
});

test("a url that can't be read is a mistake in that option, and its password is not shown", async () => {
  const opening = createRedisStore({ url: "redis://me:secret@localhost:port/0" });
  await expect(opening).rejects.toThrow(/^url must be one that can be read: (?!.*secret)/);
});

test.each([
  ["5.0.14", false, false],
  ["6.0.20", false, false],
  ["6.2.0", false, true],
  ["7.4.1", false, true],
  ["10.0.0", false, true],
  ["7.2.4", true, true],
])("version %s (Valkey: %s) will do: %s", (version, isValkey, will) => {
  const facts = {
    version,
    isValkey,
    evictionPolicy: "noeviction",
    hasAppendOnlyFile: true,
    syncsAlways: true,
    isReplicated: false,
    isReplica: false,
  };
  const assert = () => assertSuitable(facts, resolveOptions({ url: "redis://localhost" }));
  if (will) expect(assert).not.toThrow();
  else expect(assert).toThrow(/^url must lead to Redis 6.2 or newer/);
});
