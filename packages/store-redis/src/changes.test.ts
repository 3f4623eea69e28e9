import { redisBinary, startRedis } from "@unclash/test-servers";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { describe, expect, onTestFinished, test } from "vitest";
import { createRedisStore } from "./store.js";
import { commitOf, connectTo, putOf } from "./store.test-support.js";

describe.skipIf(redisBinary() === undefined).each(["ioredis", "node-redis"])("watching, on %s", (library) => {
  async function open() {
    const server = await startRedis();
    onTestFinished(() => server.remove());
    const stores = [1, 2].map(async () => {
      const client = library === "ioredis" ? new Redis(server.url, { lazyConnect: true }) : createClient(server);
      const store = await createRedisStore({ client, timeoutMs: 5_000 });
      onTestFinished(() => store.close());
      return store;
    });
    const [one, other] = await Promise.all(stores);
    if (one === undefined || other === undefined) throw new Error("two stores were opened");
    const admin = connectTo(server.url);
    const woken: string[][] = [];
    one.watch((keys) => woken.push([...keys]));
    await expect.poll(() => admin.pubsub("CHANNELS")).toEqual(["{unclash}:w"]);
    return { server, other, admin, woken };
  }

  test("another process's commits wake by name, many of them in a few messages", async () => {
    const { other, admin, woken } = await open();
    await admin.config("RESETSTAT");
    const keys = Array.from({ length: 200 }, (_, n) => `a/${n}`);
    await Promise.all(keys.map((key) => other.commit(commitOf([putOf(key)]))));
    await expect.poll(() => new Set(woken.flat())).toEqual(new Set(keys));
    const [, calls = "0"] = /cmdstat_publish:calls=(\d+)/.exec(await admin.info("commandstats")) ?? [];
    expect(Number(calls)).toBeLessThan(keys.length);
  });

  test("a message that got lost shows in the revision", async () => {
    const { other, admin, woken } = await open();
    await admin.call("CLIENT", ["KILL", "TYPE", "pubsub"]);
    woken.length = 0;
    await other.commit(commitOf([putOf("a/1")]));
    await expect.poll(() => woken.length, { timeout: 15_000 }).toBeGreaterThan(0);
  });

  test("after the server was away, commits wake by name again", async () => {
    const { server, other, admin, woken } = await open();
    await server.stop("SIGKILL");
    await server.start();
    await expect.poll(() => admin.pubsub("CHANNELS"), { timeout: 15_000 }).toEqual(["{unclash}:w"]);
    const committed = async (): Promise<boolean> =>
      other.commit(commitOf([putOf("a/1")])).then(
        () => true,
        () => false,
      );
    await expect.poll(committed, { timeout: 15_000 }).toBe(true);
    await expect.poll(() => woken.flat(), { timeout: 15_000 }).toContain("a/1");
  });
});
