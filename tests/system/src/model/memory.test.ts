import { createMemoryStore } from "@unclash/memory";
import { test } from "vitest";
import { handedInPassMs } from "./clocks.js";
import { holdAgainstModel, type ModelOptions, modelRuns, modelTimeoutMs } from "./run.js";

const place: ModelOptions = {
  passMs: handedInPassMs,
  reopenings: 0,
  async open() {
    const clock = { now: 1_800_000_000_000 };
    return { store: createMemoryStore({ clock: () => clock.now }), clock };
  },
};

test("whatever is done to it, the store in memory is what the model says", { timeout: modelTimeoutMs }, () =>
  holdAgainstModel([place], modelRuns.embedded),
);
