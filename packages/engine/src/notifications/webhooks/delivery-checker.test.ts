import { createMemoryStore } from "@unclash/memory";
import { describe, expect, test } from "vitest";
import { faultsInDeliveries } from "./delivery-checker.test-support.js";
import { planted } from "./planted-deliverers.test-support.js";

const isSoak = process.env["SOAK"] !== undefined;
const seeds = Array.from({ length: isSoak ? 30 : 2 }, (_, n) => n + 1);

describe("deliverers that are stopped and killed send all that is wanted, in order, and nothing else", () => {
  test.concurrent.each(seeds)("seed %i", async (seed) => {
    expect(await faultsInDeliveries(createMemoryStore(), seed)).toEqual([]);
  });
});

/** How many runs may be needed. What one run in many shows is left to the long form. */
const runsMax = isSoak ? 30 : 5;
const found = planted.filter(({ isRare = false }) => isSoak || !isRare);

describe("the checker catches deliverers that", () => {
  test.concurrent.each(found)("$bug", { timeout: runsMax * 30_000 }, async ({ plant, fault }) => {
    for (let seed = 1; seed <= runsMax; seed += 1) {
      const faults = await faultsInDeliveries(createMemoryStore(), seed, plant);
      if (faults.some((each) => fault.test(each))) return;
    }
    expect.unreachable("It was not caught.");
  });
});
