import { rmSync } from "node:fs";
import { join } from "node:path";
import { createSqliteStore } from "@unclash/sqlite";
import { quickFolder } from "@unclash/test-servers";
import { test } from "vitest";
import { handedInPassMs } from "./clocks.js";
import { holdAgainstModel, type ModelOptions, modelRuns, modelTimeoutMs } from "./run.js";
import type { Subject } from "./trial.js";

test("whatever is done to it, the store in SQLite is what the model says", { timeout: modelTimeoutMs }, async () => {
  const folder = quickFolder("unclash-model-");
  const clock = { now: 1_800_000_000_000 };
  // What a crash of the machine would lose is not looked at here, and the time of an fsync is better spent on runs.
  const open = () =>
    createSqliteStore({ file: join(folder, "store.db"), clock: () => clock.now, durability: "process" });
  let subject: Subject = {
    store: await open(),
    clock,
    async reopen(store) {
      await store.close();
      return open();
    },
  };
  try {
    const place: ModelOptions = {
      passMs: handedInPassMs,
      reopenings: 4,
      open: async () => subject,
      async close(left) {
        subject = left;
      },
    };
    await holdAgainstModel([place], modelRuns.embedded);
  } finally {
    await subject.store.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
