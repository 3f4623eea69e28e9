import { expect, it } from "vitest";
import type { KeyViolationKind } from "./history.js";
import { plantedEngines } from "./planted-engine.js";
import { plantedHandlers } from "./planted-guard.js";
import { findInEngine, findInGuarded, findInServer } from "./planted-runs.js";
import { plantedBugs } from "./planted-server.js";

function entries<Name extends string, Kind extends KeyViolationKind>(
  bugs: Readonly<Record<Name, Kind>>,
): readonly (readonly [Name, Kind])[] {
  return (Object.keys(bugs) as Name[]).map((name) => [name, bugs[name]]);
}

const timeout = 240_000;

it.each(entries(plantedBugs))("a run finds that a server %s", { timeout }, async (bug, kind) => {
  expect(await findInServer(bug)).toContain(kind);
});

it.each(entries(plantedHandlers))("a run finds that a handler behind a guard %s", { timeout }, async (bug, kind) => {
  expect(await findInGuarded(bug)).toContain(kind);
});

it.each(entries(plantedEngines))("a run finds that a collection's engine %s", { timeout }, async (bug, kind) => {
  expect(await findInEngine(bug)).toContain(kind);
});
