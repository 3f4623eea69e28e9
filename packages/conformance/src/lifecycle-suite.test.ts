import { createMemoryStore } from "@unclash/memory";
import { describe, expect, test } from "vitest";
import { type LifecycleSuiteOptions, lifecycleSuite } from "./adapter.js";
import { type LifeTwist, lifeMutants, tinyStartForLife } from "./lifecycle/mutants.test-support.js";

function suite(declare: LifecycleSuiteOptions["test"], twist: LifeTwist, more: { readonly patienceMs?: number } = {}) {
  lifecycleSuite({ test: declare, store: () => createMemoryStore(), start: tinyStartForLife(twist), ...more });
}

suite(test, {});

describe.concurrent("a server", () => {
  test.for(lifeMutants)("that $does does not pass", async ({ twist, caughtBy }) => {
    const cases = new Map<string, () => Promise<void>>();
    suite((name, run) => void cases.set(name, run), twist, { patienceMs: 500 });
    await expect(cases.get(caughtBy)?.()).rejects.toThrow();
  });
});
