// These tests run built samples, take real time and need real servers: `pnpm build` comes first.
import { describe, it, onTestFinished } from "vitest";
import { assertClean, runBlackBox, summary } from "./black-box.js";
import { type SampleName, type ShopProcess, sampleNames, startShop } from "./shop-process.js";
import { isSoak } from "./soak.js";
import { isAvailable, makePlace, processesOf, type StoreKind, storeKinds } from "./store-place.js";

/** The planted stores are found out by fewer. */
const atLeast = isSoak ? { acknowledged: 1_500, refused: 1_000 } : { acknowledged: 900, refused: 600 };

async function run(sample: SampleName, kind: StoreKind): Promise<void> {
  const name = `${sample} on ${kind}`;
  const { store, remove } = await makePlace(kind);
  onTestFinished(remove);
  const start = async (): Promise<ShopProcess> => {
    const shop = await startShop({ sample, store });
    onTestFinished(() => shop.stop());
    return shop;
  };
  const [first, ...others] = await Promise.all([start(), ...Array.from({ length: processesOf(kind) - 1 }, start)]);
  const report = await runBlackBox({
    atLeast,
    durationMs: isSoak ? 8_000 : 0,
    origins: () => [first.origin, ...others.map(({ origin }) => origin)],
  });
  console.log(summary(name, report));
  assertClean(name, report);
}

/** Each adapter once, and each store once; in the long form every adapter on every store. */
const short = { express: "postgres", koa: "redis", fastify: "sqlite", node: "memory" } as const;

const pairs = sampleNames
  .flatMap((sample) => storeKinds.map((kind) => ({ sample, kind })))
  .filter(({ sample, kind }) => isSoak || short[sample] === kind)
  .filter(({ kind }) => isAvailable(kind));

describe.sequential("twelve clients who write to few resources through HTTP", { timeout: 300_000 }, () => {
  for (const { sample, kind } of pairs) {
    it(`lose nothing on ${sample} and ${kind}`, () => run(sample, kind));
  }
});
