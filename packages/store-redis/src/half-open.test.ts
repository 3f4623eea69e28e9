import { connect, createServer, type Socket } from "node:net";
import { redisBinary, startRedis } from "@unclash/test-servers";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { describe, expect, onTestFinished, test } from "vitest";
import { createRedisStore } from "./store.js";
import { commitOf, putOf } from "./store.test-support.js";

// Passes all on, until it is told that what goes through the connections there are is lost without a word.
async function proxyTo(port: number) {
  const open: Socket[] = [];
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) socket.on("error", () => {});
    open.push(near, far);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    swallow() {
      for (const socket of open) {
        socket.unpipe();
        socket.resume();
      }
    },
  };
}

describe.skipIf(redisBinary() === undefined).each(["ioredis", "node-redis"])(
  "half-open connections, on %s",
  (library) => {
    test("one on which nothing comes any more is given up for a new one", async () => {
      const server = await startRedis();
      onTestFinished(() => server.remove());
      const { port, swallow } = await proxyTo(server.port);
      const client =
        library === "ioredis"
          ? new Redis(port, { lazyConnect: true })
          : createClient({ url: `redis://127.0.0.1:${port}` });
      const store = await createRedisStore({ client, timeoutMs: 1_000 });
      onTestFinished(() => store.close());
      swallow();
      await expect(store.commit(commitOf([putOf("a/1")]))).rejects.toMatchObject({ outcome: "unknown" });
      const works = async (): Promise<boolean> =>
        store.read(["a/1"]).then(
          () => true,
          () => false,
        );
      await expect.poll(works, { timeout: 15_000 }).toBe(true);
      expect((await store.read(["a/1"])).records).toEqual([undefined]);
    });
  },
);
