import { rmSync } from "node:fs";
import { quickFolder } from "@unclash/test-servers";
import type { StoreName } from "../stores/store-name.js";
import { tableText } from "../table.js";
import { crafted } from "./crafted.js";
import { type Cost, measure } from "./measure.js";
import { startShop } from "./shop.js";

export interface WorstOptions {
  readonly stores: readonly StoreName[];
  /** Only inputs whose name holds this text. */
  readonly only: string;
  readonly quick: boolean;
  readonly json: boolean;
}

/** What one request may cost where the shop sets no limits of its own. */
const cpuMsMax = 100;
const memoryMiBMax = 32;
const memoryOfManyMiBMax = 256;

/** Sends the sample shop what a client can make costly, and prints what each input costs it. */
export async function benchWorst({ stores, only, quick, json }: WorstOptions): Promise<void> {
  for (const name of stores) {
    const folder = quickFolder("worst");
    const shop = await startShop("node", name, folder);
    try {
      const costs: Cost[] = [];
      const chosen = crafted.filter((each) => each.name.includes(only));
      for (const each of chosen) {
        costs.push(await measure(shop, each, quick ? 1 : 5));
        if (shop.hasEnded()) break;
      }
      console.log(json ? JSON.stringify({ store: name, costs }, undefined, 2) : textOf(name, costs));
      if (!costs.every(isWithin)) process.exitCode = 1;
    } finally {
      await shop.close();
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

function isWithin({ cpuMs, memoryMiB, many }: Cost): boolean {
  return many ? memoryMiB <= memoryOfManyMiBMax : cpuMs <= cpuMsMax && memoryMiB <= memoryMiBMax;
}

function textOf(store: StoreName, costs: readonly Cost[]): string {
  const rows = costs.map((cost) => [
    cost.name,
    cost.became,
    cost.cpuMs.toFixed(1),
    cost.memoryMiB.toFixed(1),
    cost.waitedMs.toFixed(0),
    isWithin(cost) ? "" : "OVER",
  ]);
  return `${store}\n${tableText([["", "answer", "CPU ms", "MiB", "others waited ms", ""], ...rows], 2)}\n`;
}
