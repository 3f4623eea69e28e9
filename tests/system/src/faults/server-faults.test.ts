// These tests kill and starve servers of their own, and run built samples: `pnpm build` comes first.
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { createRandom } from "../black-box/random.js";
import { isSoak } from "../black-box/soak.js";
import { startFaultProxy } from "./fault-proxy.js";
import { canOwn, ownServer } from "./own-place.js";
import { probe, residentBytes } from "./probe.js";
import { originsOf, startShops, survive } from "./shops.js";

const kinds = (["postgres", "redis"] as const).filter(canOwn);
const crashes = isSoak ? 6 : 3;
/** What `timeoutMs` of the stores is by default, and some more for what comes before and after the store. */
const storeTimeoutMs = 5_000;

describe.skipIf(kinds.length === 0).sequential("a shop of two processes", { timeout: 180_000 }, () => {
  it.each(kinds)("loses nothing that was acknowledged when %s crashes under load", async (kind) => {
    const { store, server } = await ownServer(kind);
    const shops = await startShops({ store });
    let crashed = 0;
    const { unknown } = await survive(`crashes of ${kind}`, {
      origins: () => originsOf(shops),
      timeoutMs: 10_000,
      disturb: async (seed) => {
        const random = createRandom(seed);
        for (; crashed < crashes; crashed++) {
          await delay(random.between(800, 2_000));
          await server.crash();
          await server.start();
        }
        await delay(1_000);
      },
    });
    expect(crashed).toBe(crashes);
    expect(unknown, "nobody was waiting for an answer when the server crashed").toBeGreaterThan(0);
  });

  for (const way of ["hold", "refuse"] as const) {
    const chosen = isSoak ? kinds : kinds.slice(way === "hold" ? 0 : -1).slice(0, 1);
    it.each(chosen)(`answers 503 while %s is away (${way}), and goes on by itself`, async (kind) => {
      const { storeAt, server } = await ownServer(kind);
      const proxy = await startFaultProxy({ target: server.port, random: createRandom(3) });
      onTestFinished(() => proxy.close());
      const shops = await startShops({ store: storeAt(proxy.port) });
      const awayMs = isSoak ? 10_000 : storeTimeoutMs + 2_000;
      await survive(`${kind} away (${way})`, {
        origins: () => originsOf(shops),
        timeoutMs: 3 * storeTimeoutMs,
        disturb: async () => {
          await delay(1_000);
          const before = residentBytes(shops[0].pid());
          await proxy[way]();
          const wentAtMs = performance.now();
          // Many more than there are connections: what waits must not pile up.
          const probes = Array.from({ length: 200 }, () => probe(shops[0].origin, "PUT", 3 * storeTimeoutMs));
          const reading = probe(shops[0].origin, "GET", 3 * storeTimeoutMs);
          const answers = await Promise.all([...probes, reading]);
          expect([...new Set(answers.map(({ status }) => status))]).toEqual([503]);
          expect(answers.filter(({ retryAfter }) => retryAfter === undefined)).toEqual([]);
          const slowestMs = Math.max(...answers.map(({ tookMs }) => tookMs));
          const grewBytes = residentBytes(shops[0].pid()) - before;
          expect(grewBytes).toBeLessThan(50 * 2 ** 20);
          await delay(Math.max(0, wentAtMs + awayMs - performance.now()));
          await proxy.resume();
          const recoveredMs = await untilServed(shops[0].origin);
          const figures = `slowest 503 after ${Math.round(slowestMs)} ms, ${Math.round(grewBytes / 2 ** 20)} MiB more`;
          console.log(
            `${kind} away (${way}): ${figures}, served again ${Math.round(recoveredMs)} ms after it was back`,
          );
          expect(slowestMs).toBeLessThan(2 * storeTimeoutMs);
          expect(recoveredMs).toBeLessThan(storeTimeoutMs);
        },
      });
    });
  }

  it.each(isSoak ? kinds : kinds.slice(0, 1))("serves, however slowly, while %s takes two seconds", async (kind) => {
    const { storeAt, server } = await ownServer(kind);
    const proxy = await startFaultProxy({ target: server.port, random: createRandom(4) });
    onTestFinished(() => proxy.close());
    const shops = await startShops({ store: storeAt(proxy.port) });
    await survive(`${kind} slow`, {
      origins: () => originsOf(shops),
      timeoutMs: 3 * storeTimeoutMs,
      disturb: async () => {
        await delay(1_000);
        const before = residentBytes(shops[0].pid());
        proxy.setFaults({ latencyMs: [1_000, 1_000] });
        const answers = await Promise.all(
          Array.from({ length: 200 }, () => probe(shops[0].origin, "PUT", 3 * storeTimeoutMs)),
        );
        expect(Math.min(...answers.map(({ tookMs }) => tookMs)), "it was not slow").toBeGreaterThan(1_000);
        expect(residentBytes(shops[0].pid()) - before).toBeLessThan(50 * 2 ** 20);
        const others = answers.filter(({ status, retryAfter }) => status !== 503 || retryAfter === undefined);
        expect(others.filter(({ status }) => status !== 409)).toEqual([]);
        proxy.setFaults({});
        await untilServed(shops[0].origin);
      },
    });
  });
});

/** How long it takes until a reading and a writing are served. */
async function untilServed(origin: string): Promise<number> {
  const startedAtMs = performance.now();
  for (const method of ["GET", "PUT"] as const) {
    for (;;) {
      const { status } = await probe(origin, method, storeTimeoutMs);
      if (status === (method === "GET" ? 200 : 409)) break;
      if (performance.now() > startedAtMs + 6 * storeTimeoutMs) throw new Error(`${method} still answers ${status}`);
      await delay(20);
    }
  }
  return performance.now() - startedAtMs;
}
