// These tests run built samples, kill them, and take real time: `pnpm build` comes first.
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { createRandom } from "../black-box/random.js";
import { type SampleName, type ShopProcess, sampleNames, startShop } from "../black-box/shop-process.js";
import { isSoak } from "../black-box/soak.js";
import { isAvailable, makePlace, processesOf, type StoreKind, storeKinds } from "../black-box/store-place.js";
import { type FaultProxy, startFaultProxy } from "../faults/fault-proxy.js";
import { tokens } from "./keyed-request.js";
import { assertClean, type Origins, type RunningKeys, runKeys, summary } from "./run.js";

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
  return Promise.all([start(), ...Array.from({ length: processesOf(kind) - 1 }, start)]);
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
async function killInTurn(shops: readonly ShopProcess[], kills: number, { random, killed, attempted }: RunningKeys) {
  for (let kill = 0; kill < kills; kill++) {
    await attempted(random.between(50, 200));
    const victims = kill % 3 === 2 ? shops : shops.slice(kill % 2, (kill % 2) + 1);
    killed();
    await Promise.all(victims.map((shop) => shop.stop("SIGKILL")));
    killed();
    await delay(200);
    await Promise.all(victims.map((shop) => shop.start()));
  }
}

/** Each sample once, and each store once; in the long form all samples on all stores. */
const short = { express: "postgres", koa: "redis", fastify: "sqlite", node: "memory" } as const;

const pairs = storeKinds
  .filter(isAvailable)
  .flatMap((kind) => sampleNames.map((sample) => ({ sample, kind })))
  .filter(({ sample, kind }) => isSoak || short[sample] === kind);

/** What a dead process has claimed is free after 15 s: in the short form that is waited for once. */
function killsOn(kind: StoreKind): number {
  if (kind === "memory") return 0;
  if (isSoak) return 6;
  return kind === "redis" ? 3 : 0;
}

describe.sequential("requests with an Idempotency-Key, over a network that loses, cuts and repeats", {
  timeout: 300_000,
}, () => {
  it.each(pairs)("have one effect and one answer a key, on $sample and $kind", async ({ sample, kind }) => {
    const name = `keys: ${sample} on ${kind}`;
    const { store, remove } = await makePlace(kind);
    onTestFinished(remove);
    const shops = await startShops(sample, kind, store);
    const proxies = await startProxies(shops);
    const kills = killsOn(kind);
    const finalOrigins: Origins = through(shops, ({ origin }) => origin);
    const report = await runKeys({
      origins: through(proxies, ({ port }) => `http://127.0.0.1:${port}`),
      finalOrigins,
      atLeast,
      durationMs: isSoak ? 8_000 : 0,
      disturb: (run) => killInTurn(shops, kills, run),
      duplicated: () => new Set(proxies.flatMap(({ duplicated }) => [...duplicated])),
    });
    console.log(summary(name, report));
    assertClean(name, report);
    expect(report.history.killsAtMs).toHaveLength(2 * kills);
  });
});
