import { expect, it } from "vitest";
import { plantedEngines } from "./planted-engine.js";
import { plantedHandlers } from "./planted-guard.js";
import { findInEngine, findInGuarded, findInServer } from "./planted-runs.js";
import { plantedBugs } from "./planted-server.js";

// Some of each: the others are in planted.soak.test.ts, and what the checker finds in single histories in
// checker.test.ts.
const timeout = 240_000;

it.each([
  "does not compare requests",
  "keeps answers after the fact, and claims nothing before",
  "never lets go of what a dead process had claimed",
] as const)("a run finds that a server %s", { timeout }, async (bug) => {
  expect(await findInServer(bug)).toContain(plantedBugs[bug]);
});

it.each(["is run again and does not look for its own", "has no keys"] as const)(
  "a run finds that a handler behind a guard %s",
  { timeout },
  async (bug) => {
    expect(await findInGuarded(bug)).toContain(plantedHandlers[bug]);
  },
);

it.each(["writes answers in commits of their own", "forgets answers"] as const)(
  "a run finds that a collection's engine %s",
  { timeout },
  async (bug) => {
    expect(await findInEngine(bug)).toContain(plantedEngines[bug]);
  },
);

it("the same runs find nothing where all of it is done right", { timeout }, async () => {
  expect(await findInServer()).toEqual([]);
  expect(await findInGuarded()).toEqual([]);
  expect(await findInEngine()).toEqual([]);
});
