// These tests run built samples behind proxies that cut, delay, repeat and swallow: `pnpm build` comes first.
import { describe, expect, it, onTestFinished } from "vitest";
import { createRandom } from "../black-box/random.js";
import { isSoak } from "../black-box/soak.js";
import { type FaultProxy, type FaultProxyOptions, startFaultProxy } from "./fault-proxy.js";
import { canOwn, type DurableKind, durableKinds, ownPlace, reachedPlace } from "./own-place.js";
import { probe } from "./probe.js";
import { originsOf, startImpatientShops, startShops, survive } from "./shops.js";

const served = ["postgres", "redis"] as const;

async function startProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const proxy = await startFaultProxy(options);
  onTestFinished(() => proxy.close());
  return proxy;
}

function kinds<Kind extends DurableKind>(all: readonly Kind[], one: Kind): readonly Kind[] {
  return (isSoak ? all : [one]).filter(canOwn);
}

/** So much that a run has met both losses many times. */
function hasLostEnough({ counts }: FaultProxy): boolean {
  return counts.requestsLost > 5 && counts.answersLost > 25;
}

describe.sequential("a shop of two processes", { timeout: 300_000 }, () => {
  it.each(kinds(durableKinds, "redis"))("keeps its promises over a bad network to its clients, on %s", async (kind) => {
    const { store } = await ownPlace(kind);
    const shops = await startShops({ store });
    const random = createRandom(1);
    const faults = {
      latencyMs: [0, 30],
      requestLost: 0.02,
      answerLost: 0.05,
      duplicate: 0.05,
      halfOpen: 0.003,
    } as const;
    const proxies = [
      await startProxy({ target: shops[0].port, random: random.fork(), faults, http: true }),
      await startProxy({ target: shops[1].port, random: random.fork(), faults, http: true }),
    ] as const;
    const { unknown, unknownApplied } = await survive(`a bad network between clients and app on ${kind}`, {
      origins: () => [`http://127.0.0.1:${proxies[0].port}`, `http://127.0.0.1:${proxies[1].port}`],
      finalOrigins: () => originsOf(shops),
      clients: 32,
      timeoutMs: 1_000,
      duplicated: () => new Set([...proxies[0].duplicated, ...proxies[1].duplicated]),
      until: () =>
        proxies.every(hasLostEnough) && proxies.every(({ counts }) => counts.duplicates > 15 && counts.halfOpen > 0),
    });
    for (const { counts } of proxies) console.log(JSON.stringify(counts));
    // Of so many lost answers some were to writes that were accepted, and of so many lost requests some were writes.
    expect(unknownApplied).toBeGreaterThan(0);
    expect(unknown).toBeGreaterThan(unknownApplied);
  });

  it.each(kinds(served, "postgres"))("keeps its promises over a bad network to its store, on %s", async (kind) => {
    const { port, storeAt } = await reachedPlace(kind);
    const proxy = await startProxy({ target: port, random: createRandom(2) });
    const shops = await startImpatientShops(storeAt(proxy.port));
    await survive(`a bad network between app and ${kind}`, {
      origins: () => originsOf(shops),
      // A connection that is cut takes all that was under way on it, and one that swallows costs a time-out.
      atLeast: { acknowledged: 150, refused: 100 },
      until: () => hasLostEnough(proxy),
      disturb: async () => {
        proxy.setFaults({ latencyMs: [0, 30], requestLost: 0.02, answerLost: 0.05, halfOpen: 0.003 });
      },
    });
    console.log(JSON.stringify(proxy.counts));
  });

  it.each(kinds(served, "redis"))(
    "gives up a connection to %s that swallows everything, and makes another",
    async (kind) => {
      const { port, storeAt } = await reachedPlace(kind);
      const proxy = await startProxy({ target: port, random: createRandom(3) });
      const [shop] = await startImpatientShops(storeAt(proxy.port));
      expect(await probe(shop.origin, "GET", 60_000)).toMatchObject({ status: 200 });
      proxy.setFaults({ halfOpen: 1 });
      const first = probe(shop.origin, "GET", 60_000);
      expect(await first).toMatchObject({ status: 503 });
      // The next connection is swallowed as well, while it is being made.
      const before = proxy.counts.halfOpen;
      const second = probe(shop.origin, "GET", 60_000);
      await expect.poll(() => proxy.counts.halfOpen, { timeout: 60_000 }).toBeGreaterThan(before);
      proxy.setFaults({});
      expect(await second).toMatchObject({ status: 503 });
      // Long before the system would notice by itself, which takes it minutes.
      await expect.poll(async () => (await probe(shop.origin, "GET", 60_000)).status, { timeout: 60_000 }).toBe(200);
    },
  );
});
