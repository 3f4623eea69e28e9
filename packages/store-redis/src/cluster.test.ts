import { storeSuite } from "@unclash/conformance/store";
import { type RedisServer, redisBinary, startRedis } from "@unclash/test-servers";
import { Cluster, Redis } from "ioredis";
import { createCluster } from "redis";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { replicatedWarning } from "./capabilities.js";
import { createRedisStore } from "./store.js";
import { commitOf, freshName, putOf } from "./store.test-support.js";

const slots = 16_384;
const nodes: RedisServer[] = [];

// Three primaries with a third of the slots each.
async function startCluster(): Promise<void> {
  const settings = { "cluster-enabled": "yes", "cluster-node-timeout": "2000" };
  nodes.push(...(await Promise.all([1, 2, 3].map(() => startRedis({ settings })))));
  const admins = nodes.map(({ url }) => new Redis(url));
  const share = Math.ceil(slots / nodes.length);
  for (const [n, admin] of admins.entries()) {
    const last = Math.min((n + 1) * share, slots) - 1;
    const own = Array.from({ length: last - n * share + 1 }, (_, slot) => String(n * share + slot));
    await admin.call("CLUSTER", ["SET-CONFIG-EPOCH", String(n + 1)]);
    await admin.call("CLUSTER", ["ADDSLOTS", ...own]);
    await admin.call("CLUSTER", ["MEET", "127.0.0.1", String(nodes[0]?.port)]);
  }
  for (const admin of admins) {
    const isFormed = async (): Promise<void> => {
      const info = String(await admin.call("CLUSTER", ["INFO"]));
      expect(info).toContain("cluster_state:ok");
      expect(info).toContain("cluster_known_nodes:3");
    };
    await vi.waitFor(isFormed, { timeout: 20_000 });
    admin.disconnect();
  }
}

const clients = {
  ioredis: () => new Cluster([{ host: "127.0.0.1", port: nodes[0]?.port ?? 0 }], { lazyConnect: true }),
  "node-redis": () => createCluster({ rootNodes: [{ url: nodes[0]?.url ?? "" }] }),
};

describe.skipIf(redisBinary() === undefined)("on a Cluster of three", () => {
  beforeAll(startCluster);
  afterAll(async () => {
    for (const node of nodes) await node.remove();
  });

  describe("the Redis store", () => {
    const clientOf = clients.ioredis;
    const names = new WeakMap<object, string>();
    storeSuite({
      test,
      clock: "own",
      async open(context) {
        const name = freshName();
        names.set(context, name);
        return createRedisStore({ client: clientOf(), name });
      },
      async reopen(store, context) {
        await store.close();
        return createRedisStore({ client: clientOf(), name: names.get(context) ?? "" });
      },
    });
  });

  describe.each(Object.entries(clients))("with %s", (_, clientOf) => {
    test("stores on different nodes work side by side, and each warns", async () => {
      const names = ["one", "two", "three", "four", "five", "six"].map((name) => `${name}-${freshName()}`);
      for (const name of names) {
        const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
        const store = await createRedisStore({ client: clientOf(), name });
        expect(warned.mock.calls.join()).toContain(replicatedWarning);
        warned.mockRestore();
        expect((await store.commit(commitOf([putOf("a/1", { expect: "absent" })]))).kind).toBe("committed");
        await store.close();
      }
      const counts = await Promise.all(
        nodes.map(async ({ url }) => {
          const admin = new Redis(url);
          const count = await admin.dbsize();
          admin.disconnect();
          return count;
        }),
      );
      for (const count of counts) expect(count).toBeGreaterThan(0);
    });
  });
});
