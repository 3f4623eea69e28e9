import { createMemoryStore } from "@unclash/memory";
import { expect, test } from "vitest";
import { z } from "zod";
import type { RequestDecision } from "../access/request-decision.js";
import { ask } from "../ask.test-support.js";
import { createUnclash } from "../unclash.js";
import type { Observer } from "./observer.js";

test("an observer that throws, or rejects, is a warning, and no more than one a minute", async () => {
  const warnings: string[] = [];
  const note = (warning: Error): void => {
    if ("code" in warning && warning.code === "UNCLASH_OBSERVER_FAILED") warnings.push(warning.message);
  };
  process.on("warning", note);
  const notes = { schema: z.looseObject({}) };
  const failing: readonly Observer<RequestDecision>[] = [
    () => {
      throw new Error("no disk");
    },
    () => Promise.reject(new Error("no network")),
  ];
  for (const observe of failing) {
    const unclash = createUnclash({ store: createMemoryStore(), collections: { notes }, observe });
    for (let n = 0; n < 3; n += 1) expect(await ask(unclash, "GET /notes")).toMatchObject({ status: 200 });
  }
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", note);
  expect(warnings).toEqual(["The function `observe` failed: Error: no disk"]);
});
