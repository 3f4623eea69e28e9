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
  const shops: ShopProcess[] = [];
  onTestFinished(async () => {
    for (const shop of shops) await shop.stop();
  });
  // One after the other: a place that is not there yet is made by the first.
  const start = async (options: ShopOptions): Promise<ShopProcess> => {
    const shop = await startShop(options);
    shops.push(shop);
    return shop;
  };
  return [await start(first), await start(second)];
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
    durationMs: durationMs(),
    atLeast: isSoak ? { acknowledged: 500, refused: 300 } : { acknowledged: 150, refused: 100 },
    ...options,
  });
  console.log(summary(name, report));
  assertClean(name, report);
  return report;
}

/** How long a run under a fault takes at least. */
export function durationMs(): number {
  return isSoak ? 20_000 : 8_000;
}
