// This test kills a Redis primary and promotes its replica: `pnpm build` comes first.
import { Redis } from "ioredis";
import { expect, it, onTestFinished } from "vitest";
import { acknowledgedMore } from "../black-box/black-box.js";
import { createRandom } from "../black-box/random.js";
import { startFaultProxy } from "./fault-proxy.js";
import { canOwn, ownServer } from "./own-place.js";
import { originsOf, startShops, survive } from "./shops.js";

it.skipIf(!canOwn("redis"))(
  "loses writes in a failover of Redis, and refuses whatever the lost ones issued",
  { timeout: 300_000 },
  async () => {
    const [primary, replica] = await Promise.all([ownServer("redis"), ownServer("redis")]);
    const link = await startFaultProxy({ target: primary.server.port, random: createRandom(5) });
    const proxy = await startFaultProxy({ target: primary.server.port, random: createRandom(6) });
    const control = new Redis(replica.store);
    onTestFinished(async () => {
      control.disconnect();
      await Promise.all([link.close(), proxy.close()]);
    });
    // A primary waits five seconds for more replicas before it fills the first one.
    await hurry(primary.store);
    await control.replicaof("127.0.0.1", link.port);
    await expect
      .poll(async () => await control.info("replication"), { timeout: 60_000 })
      .toMatch(/master_link_status:up/);
    const shops = await startShops({ store: primary.storeAt(proxy.port) });

    let switchedAtMs = Infinity;
    const { lost } = await survive("a failover of Redis", {
      origins: () => originsOf(shops),
      lossyUntilMs: () => switchedAtMs,
      disturb: async (run) => {
        await acknowledgedMore(run, 100);
        link.hold();
        await acknowledgedMore(run, 100);
        await primary.server.crash();
        await control.replicaof("NO", "ONE");
        proxy.setTarget(replica.server.port);
        switchedAtMs = performance.now();
        await acknowledgedMore(run, 150);
      },
    });
    expect(lost.length, "the replica lacked nothing").toBeGreaterThan(0);
    console.log(`a failover of Redis lost ${lost.length} acknowledged writes`);
    const tags = lost.flatMap(({ resource, outcome }) =>
      outcome.kind === "answered" && outcome.etag !== undefined ? [{ resource, etag: outcome.etag }] : [],
    );
    expect(tags.length).toBeGreaterThan(0);
    for (const { resource, etag } of tags) {
      const init = { method: "DELETE", headers: { "if-match": etag } };
      expect([409, 410]).toContain((await fetch(`${shops[0].origin}/${resource}`, init)).status);
    }
  },
);

async function hurry(primary: string): Promise<void> {
  const client = new Redis(primary);
  await client.config("SET", "repl-diskless-sync-delay", "0");
  client.disconnect();
}
