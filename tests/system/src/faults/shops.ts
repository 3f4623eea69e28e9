import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import {
  assertClean,
  type BlackBoxOptions,
  type BlackBoxReport,
  runBlackBox,
  summary,
} from "../black-box/black-box.js";
import { type ShopOptions, type ShopProcess, startShop } from "../black-box/shop-process.js";
import { isSoak } from "../black-box/soak.js";

/** Two processes of the shop on one store. */
export type Shops = readonly [ShopProcess, ShopProcess];

/** Starts them. They end with the test. */
export async function startShops(first: ShopOptions, second: ShopOptions = first): Promise<Shops> {
  const start = async (options: ShopOptions): Promise<ShopProcess> => {
    const shop = await startShop(options);
    onTestFinished(() => shop.stop());
    return shop;
  };
  return Promise.all([start(first), start(second)]);
}

/**
 * How long a store may take for a call, in the shops of `startImpatientShops`; in the long form as long as by default.
 */
export const storeTimeoutMs: number = isSoak ? 5_000 : 1_500;

/** Two processes whose store gives up after `storeTimeoutMs`. */
export function startImpatientShops(store: string): Promise<Shops> {
  if (isSoak) return startShops({ store });
  const program = [process.execPath, fileURLToPath(new URL("impatient.mjs", import.meta.url))];
  return startShops({ store, program, variables: { TIMEOUT_MS: String(storeTimeoutMs) } });
}

export function originsOf(shops: Shops): readonly [string, string] {
  return [shops[0].origin, shops[1].origin];
}

/** A run under a fault: fails where anything was found or too little happened, and tells in one line what it saw. */
export async function survive(
  name: string,
  options: Partial<BlackBoxOptions> & Pick<BlackBoxOptions, "origins">,
): Promise<BlackBoxReport> {
  const report = await runBlackBox({
    durationMs: isSoak ? 20_000 : 0,
    atLeast: isSoak ? { acknowledged: 500, refused: 300 } : { acknowledged: 150, refused: 100 },
    ...options,
  });
  console.log(summary(name, report));
  assertClean(name, report);
  return report;
}
