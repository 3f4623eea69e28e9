// These tests run built samples, take real time and need real servers: `pnpm build` comes first.
import { describe, it, onTestFinished } from "vitest";
import { assertClean, runBlackBox, summary } from "./black-box.js";
import { type SampleName, sampleNames, startShop } from "./shop-process.js";
import { isSoak } from "./soak.js";
import { isAvailable, makePlace, processesOf, type StoreKind, storeKinds } from "./store-place.js";

async function run(sample: SampleName, kind: StoreKind): Promise<void> {
  const name = `${sample} on ${kind}`;
  const { store, remove } = await makePlace(kind);
  onTestFinished(remove);
  const first = await startShop({ sample, store });
  onTestFinished(() => first.stop());
  const second = processesOf(kind) > 1 ? await startShop({ sample, store }) : undefined;
  onTestFinished(() => second?.stop());
  const report = await runBlackBox({
    durationMs: isSoak ? 30_000 : 8_000,
    origins: () => (second === undefined ? [first.origin] : [first.origin, second.origin]),
  });
  console.log(summary(name, report));
  assertClean(name, report);
}

/** Every adapter on one store and every store on one adapter; in the long form, every adapter on every store. */
const pairs = sampleNames
  .flatMap((sample) => storeKinds.map((kind) => ({ sample, kind })))
  .filter(({ sample, kind }) => isSoak || kind === "sqlite" || sample === "node")
  .filter(({ kind }) => isAvailable(kind));

describe.sequential("twelve clients who write to few resources through HTTP", { timeout: 120_000 }, () => {
  for (const { sample, kind } of pairs) {
    it(`lose nothing on ${sample} and ${kind}`, () => run(sample, kind));
  }
});
