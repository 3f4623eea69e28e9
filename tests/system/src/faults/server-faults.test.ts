// These tests kill and starve servers of their own, and run built samples: `pnpm build` comes first.
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { acknowledgedMore } from "../black-box/black-box.js";
import { createRandom } from "../black-box/random.js";
import { isSoak } from "../black-box/soak.js";
import { type FaultProxy, startFaultProxy } from "./fault-proxy.js";
import { canOwn, ownServer, reachedPlace } from "./own-place.js";
import { probe, residentBytes } from "./probe.js";
import { originsOf, type Shops, startImpatientShops, startShops, storeTimeoutMs, survive } from "./shops.js";

type ServedKind = "postgres" | "redis";

const kinds = (["postgres", "redis"] as const).filter(canOwn);

/** Both in the long form; else the one given. */
function kindsOr(one: ServedKind): readonly ServedKind[] {
  return kinds.filter((kind) => isSoak || kind === one);
}

const crashes = isSoak ? 6 : 2;

/** What an answer may take on a machine that does other things as well. How long it does take is printed. */
const patienceMs = 60_000;

/** What nothing here may take; asserted in the long form, on a machine that does nothing else. */
const limits = {
  slowestMs: isSoak ? 2 * storeTimeoutMs : patienceMs,
  recoveredMs: isSoak ? storeTimeoutMs : patienceMs,
};
const grownBytesMax = 50 * 2 ** 20;

/** Many more than there are connections: what waits must not pile up. */
const probes = 200;

async function startBehindProxy(kind: ServedKind): Promise<{ readonly shops: Shops; readonly proxy: FaultProxy }> {
  const { storeAt, port } = await reachedPlace(kind);
  const proxy = await startFaultProxy({ target: port, random: createRandom(3) });
  onTestFinished(() => proxy.close());
  return { proxy, shops: await startImpatientShops(storeAt(proxy.port)) };
}

describe.skipIf(kinds.length === 0).sequential("a shop of two processes", { timeout: 300_000 }, () => {
  it.each(kinds)("loses nothing that was acknowledged when %s crashes under load", async (kind) => {
    const { store, server } = await ownServer(kind);
    const shops = await startShops({ store });
    let crashed = 0;
    const { unknown } = await survive(`crashes of ${kind}`, {
      origins: () => originsOf(shops),
      timeoutMs: 10_000,
      async disturb(run) {
        const random = createRandom(run.seed);
        for (; crashed < crashes || (run.counts.unknown === 0 && crashed < 5 * crashes); crashed++) {
          await acknowledgedMore(run, random.between(20, 100));
          await server.crash();
          await server.start();
        }
        await acknowledgedMore(run, 20);
      },
    });
    expect(crashed).toBeGreaterThanOrEqual(crashes);
    expect(unknown, "nobody was waiting for an answer when the server crashed").toBeGreaterThan(0);
  });

  for (const way of ["hold", "refuse"] as const) {
    it.each(kindsOr(way === "hold" ? "postgres" : "redis"))(
      `answers 503 while %s is away (${way}), and goes on by itself`,
      async (kind) => {
        const { shops, proxy } = await startBehindProxy(kind);
        await survive(`${kind} away (${way})`, {
          origins: () => originsOf(shops),
          timeoutMs: patienceMs,
          async disturb(run) {
            await acknowledgedMore(run, 50);
            const before = residentBytes(shops[0].pid());
            await proxy[way]();
            const wentAtMs = performance.now();
            const writing = Array.from({ length: probes }, () => probe(shops[0].origin, "PUT", patienceMs));
            const reading = probe(shops[0].origin, "GET", patienceMs);
            const answers = await Promise.all([...writing, reading]);
            expect([...new Set(answers.map(({ status }) => status))]).toEqual([503]);
            expect(answers.filter(({ retryAfter }) => retryAfter === undefined)).toEqual([]);
            const slowestMs = Math.max(...answers.map(({ tookMs }) => tookMs));
            const grewBytes = residentBytes(shops[0].pid()) - before;
            expect(grewBytes).toBeLessThan(grownBytesMax);
            if (isSoak) await delay(Math.max(0, wentAtMs + 10_000 - performance.now()));
            await proxy.resume();
            const recoveredMs = await untilServed(shops[0].origin);
            const grewMiB = Math.round(grewBytes / 2 ** 20);
            const figures = `slowest 503 after ${Math.round(slowestMs)} ms, ${grewMiB} MiB more`;
            console.log(
              `${kind} away (${way}): ${figures}, served again ${Math.round(recoveredMs)} ms after it was back`,
            );
            expect(slowestMs).toBeLessThan(limits.slowestMs);
            expect(recoveredMs).toBeLessThan(limits.recoveredMs);
          },
        });
      },
    );
  }

  it.each(kindsOr("postgres"))("serves, however slowly, while %s takes its time", async (kind) => {
    const { shops, proxy } = await startBehindProxy(kind);
    const slowMs = isSoak ? 1_000 : 250;
    await survive(`${kind} slow`, {
      origins: () => originsOf(shops),
      timeoutMs: patienceMs,
      async disturb(run) {
        await acknowledgedMore(run, 50);
        const before = residentBytes(shops[0].pid());
        proxy.setFaults({ latencyMs: [slowMs, slowMs] });
        const answers = await Promise.all(
          Array.from({ length: probes }, () => probe(shops[0].origin, "PUT", patienceMs)),
        );
        expect(Math.min(...answers.map(({ tookMs }) => tookMs)), "it was not slow").toBeGreaterThan(slowMs);
        expect(residentBytes(shops[0].pid()) - before).toBeLessThan(grownBytesMax);
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
      const { status } = await probe(origin, method, patienceMs);
      if (status === (method === "GET" ? 200 : 409)) break;
      if (performance.now() > startedAtMs + 2 * patienceMs) throw new Error(`${method} still answers ${status}`);
      await delay(20);
    }
  }
  return performance.now() - startedAtMs;
}
