import { expect, onTestFinished } from "vitest";
import type { KeyViolationKind } from "./history.js";
import { type EngineBug, startEngine } from "./planted-engine.js";
import { type HandlerBug, startGuarded } from "./planted-guard.js";
import { type Bug, type PlantedServer, startPlanted } from "./planted-server.js";
import { type KeyRunOptions, type RunningKeys, runKeys } from "./run.js";

/**
 * How often a bug must have had its way before a run ends: then there is something to find, whatever the load, and more
 * keys show no more.
 */
const strikes = 5;

async function findIn(
  { origin, close, struck }: Omit<PlantedServer, "read">,
  bug: string | undefined,
  options: Pick<KeyRunOptions, "places" | "read" | "disturb">,
): Promise<readonly KeyViolationKind[]> {
  onTestFinished(close);
  const { violations, tooLittle } = await runKeys({
    origins: [origin],
    atLeast: bug === undefined ? { keys: 200, repeats: 400 } : { keys: 50, repeats: 100 },
    until: () => bug === undefined || struck() >= strikes,
    attemptsMax: 20_000,
    // Longer than the leases. Where nothing is wrong, a slow machine must not look like a bug.
    ...(bug !== undefined && { patienceMs: 1_000 }),
    ...options,
  });
  expect(tooLittle).toBe(undefined);
  return [...new Set(violations.map(({ kind }) => kind))];
}

/** The kinds of violations that a run finds in a server of its own. */
export async function findInServer(bug?: Bug): Promise<readonly KeyViolationKind[]> {
  const server = await startPlanted(bug);
  return findIn(server, bug, { places: ["notes"], read: async () => server.read() });
}

/** Likewise in a handler behind a guard. */
export async function findInGuarded(bug?: HandlerBug): Promise<readonly KeyViolationKind[]> {
  let died = (): void => {};
  const server = await startGuarded(() => died(), bug);
  const disturb = async ({ killed }: RunningKeys): Promise<void> => {
    died = killed;
  };
  return findIn(server, bug, { places: ["customers"], read: async () => server.read(), disturb });
}

/** Likewise in a collection's engine. */
export async function findInEngine(bug?: EngineBug): Promise<readonly KeyViolationKind[]> {
  return findIn(await startEngine(bug), bug, { places: ["notes"] });
}
