// These tests run built samples, kill them, and take real time: `pnpm build` comes first.
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { createRandom, type Random } from "../black-box/random.js";
import { type SampleName, type ShopProcess, sampleNames, startShop } from "../black-box/shop-process.js";
import { isSoak } from "../black-box/soak.js";
import { isAvailable, makePlace, processesOf, type StoreKind, storeKinds } from "../black-box/store-place.js";
import { type FaultProxy, startFaultProxy } from "../faults/fault-proxy.js";
import { tokens } from "./keyed-request.js";
import { assertClean, type Origins, runKeys, summary } from "./run.js";

const durationMs = isSoak ? 30_000 : 8_000;

/** What is to have happened at least: a quiet run proves nothing. */
const atLeast = { keys: 150, repeats: 300, replays: 150, reused: 10, refused: 15, unknown: 15, learnt: 8 };

const faults = { latencyMs: [0, 10], requestLost: 0.03, answerLost: 0.07, duplicate: 0.07 } as const;

async function startShops(
  sample: SampleName,
  kind: StoreKind,
  store: string,
): Promise<readonly [ShopProcess, ...ShopProcess[]]> {
  const start = async (): Promise<ShopProcess> => {
    const shop = await startShop({ sample, store, variables: { UNCLASH_TOKENS: tokens } });
    onTestFinished(() => shop.stop());
    return shop;
  };
  const first = await start();
  return processesOf(kind) > 1 ? [first, await start()] : [first];
}

function through<T, R>([first, ...others]: readonly [T, ...T[]], one: (item: T) => R): readonly [R, ...R[]] {
  return [one(first), ...others.map(one)];
}

/** A bad network between the clients and each process. */
async function startProxies(
  shops: readonly [ShopProcess, ...ShopProcess[]],
): Promise<readonly [FaultProxy, ...FaultProxy[]]> {
  const random = createRandom(1);
  const [first, ...others] = through(shops, async ({ port }) => {
    const proxy = await startFaultProxy({ target: port, random: random.fork(), faults, http: true });
    onTestFinished(() => proxy.close());
    return proxy;
  });
  return [await first, ...(await Promise.all(others))];
}

/** Kills the processes in turn, and both at once now and then; each is back after 200 ms. */
async function killInTurn(shops: readonly ShopProcess[], kills: number, random: Random, killed: () => void) {
  for (let kill = 0; kill < kills; kill++) {
    await delay(random.between(300, 900));
    const victims = kill % 3 === 2 ? shops : shops.slice(kill % 2, (kill % 2) + 1);
    killed();
    await Promise.all(victims.map((shop) => shop.stop("SIGKILL")));
    killed();
    await delay(200);
    await Promise.all(victims.map((shop) => shop.start()));
  }
}

/** One sample on every store; in the long form all of them. */
const pairs = storeKinds
  .filter(isAvailable)
  .flatMap((kind) => (isSoak ? sampleNames : (["express"] as const)).map((sample) => ({ sample, kind })));

describe.sequential("requests with an Idempotency-Key, over a network that loses, cuts and repeats", {
  timeout: 180_000,
}, () => {
  it.each(pairs)("have one effect and one answer a key, on $sample and $kind", async ({ sample, kind }) => {
    const name = `keys: ${sample} on ${kind}`;
    const { store, remove } = await makePlace(kind);
    onTestFinished(remove);
    const shops = await startShops(sample, kind, store);
    const proxies = await startProxies(shops);
    const kills = kind === "memory" ? 0 : isSoak ? 18 : 4;
    const finalOrigins: Origins = through(shops, ({ origin }) => origin);
    const report = await runKeys({
      origins: through(proxies, ({ port }) => `http://127.0.0.1:${port}`),
      finalOrigins,
      durationMs,
      disturb: (random, killed) => killInTurn(shops, kills, random, killed),
      duplicated: () => new Set(proxies.flatMap(({ duplicated }) => [...duplicated])),
    });
    console.log(summary(name, report));
    assertClean(name, report);
    for (const [figure, least] of Object.entries(atLeast))
      expect(Reflect.get(report, figure), `${figure}, seed ${report.seed}`).toBeGreaterThanOrEqual(least);
    expect(report.history.killsAtMs).toHaveLength(2 * kills);
  });
});
