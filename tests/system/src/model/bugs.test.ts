import { createMemoryStore } from "@unclash/memory";
import { expect, test } from "vitest";
import { handedInPassMs } from "./clocks.js";
import { listBugs } from "./list-bugs.test-support.js";
import { type ModelOptions, modelTimeoutMs, runModel } from "./run.js";
import { timeBugs } from "./time-bugs.test-support.js";
import { writeBugs } from "./write-bugs.test-support.js";

// Most bugs show in the first runs; the rarest has needed some 400.
const runsMax = 20_000;

test.each([...writeBugs, ...timeBugs, ...listBugs])(
  "the model tells that $bug",
  { timeout: modelTimeoutMs },
  async ({ plant }) => {
    const options: ModelOptions = {
      passMs: handedInPassMs,
      reopenings: 0,
      async open() {
        const clock = { now: 1_800_000_000_000 };
        return { store: plant(createMemoryStore({ clock: () => clock.now })), clock };
      },
    };
    const run = runModel(options, runsMax, { shrink: false });
    await expect(run).rejects.toThrow("The store and the model differ");
  },
);
