import { expect, it, onTestFinished } from "vitest";
import type { KeyViolationKind } from "./history.js";
import { type EngineBug, plantedEngines, startEngine } from "./planted-engine.js";
import { type HandlerBug, plantedHandlers, startGuarded } from "./planted-guard.js";
import { type Bug, plantedBugs, startPlanted } from "./planted-server.js";
import { type KeyRunOptions, runKeys } from "./run.js";

async function findIn(
  { origin, close }: { readonly origin: string; readonly close: () => void },
  options: Pick<KeyRunOptions, "places" | "read" | "disturb">,
): Promise<readonly KeyViolationKind[]> {
  onTestFinished(close);
  const { violations, keys } = await runKeys({
    origins: [origin],
    durationMs: 1_500,
    patienceMs: 3_000,
    ...options,
  });
  expect(keys).toBeGreaterThan(100);
  return [...new Set(violations.map(({ kind }) => kind))];
}

async function findInServer(bug?: Bug): Promise<readonly KeyViolationKind[]> {
  const server = await startPlanted(bug);
  return findIn(server, { places: ["notes"], read: async () => server.read() });
}

async function findInGuarded(bug?: HandlerBug): Promise<readonly KeyViolationKind[]> {
  let died = (): void => {};
  const server = await startGuarded(() => died(), bug);
  const disturb = async (_: unknown, killed: () => void): Promise<void> => {
    died = killed;
  };
  return findIn(server, { places: ["customers"], read: async () => server.read(), disturb });
}

async function findInEngine(bug?: EngineBug): Promise<readonly KeyViolationKind[]> {
  return findIn(await startEngine(bug), { places: ["notes"] });
}

function entries<Name extends string, Kind>(bugs: Readonly<Record<Name, Kind>>): readonly (readonly [Name, Kind])[] {
  return (Object.keys(bugs) as Name[]).map((name) => [name, bugs[name]]);
}

const timeout = 60_000;

it.each(entries(plantedBugs))("a run finds that a server %s", { timeout }, async (bug, kind) => {
  expect(await findInServer(bug)).toContain(kind);
});

it.each(entries(plantedHandlers))("a run finds that a handler behind a guard %s", { timeout }, async (bug, kind) => {
  expect(await findInGuarded(bug)).toContain(kind);
});

it.each(entries(plantedEngines))("a run finds that a collection's engine %s", { timeout }, async (bug, kind) => {
  expect(await findInEngine(bug)).toContain(kind);
});

it("the same runs find nothing where all of it is done right", { timeout }, async () => {
  expect(await findInServer()).toEqual([]);
  expect(await findInGuarded()).toEqual([]);
  expect(await findInEngine()).toEqual([]);
});
