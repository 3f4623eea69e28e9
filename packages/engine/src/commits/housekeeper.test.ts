import { describe, expect, test } from "vitest";
import { scenarios } from "./housekeeping-checker.test-support.js";
import { makeHousekeeper, planted } from "./planted-housekeepers.test-support.js";

describe("the housekeeper:", () => {
  test.each(scenarios)("$name", async ({ run }) => {
    await run(makeHousekeeper);
  });
});

describe("the scenarios catch one that", () => {
  test.each(planted)("$bug", async ({ make, caughtBy }) => {
    let failed: string | undefined;
    for (const { name, run } of scenarios) {
      await run(make).catch(() => {
        failed = name;
      });
      if (failed !== undefined) break;
    }
    expect(failed).toMatch(caughtBy);
  });
});
