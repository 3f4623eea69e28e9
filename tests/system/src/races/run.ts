import fc from "fast-check";
import { violationsOf } from "./checker.js";
import type { Operation } from "./history.js";
import { type Plan, plans } from "./plans.js";
import { type Outcome, type Replaced, race, settle } from "./race.js";

/** How often something happened in all races of a test. */
export type Counts = ReadonlyMap<string, number>;

/**
 * Runs races at random, and checks the history of each. Gives what happened how often.
 *
 * @throws Error that says what is wrong with a history, and how to run that race again
 */
export async function runRaces(
  runs: number,
  { replaced = {}, shrink = true }: { readonly replaced?: Replaced; readonly shrink?: boolean } = {},
): Promise<Counts> {
  const counts = new Map<string, number>();
  const count = (what: string): unknown => counts.set(what, (counts.get(what) ?? 0) + 1);
  const orders = new Set<string>();
  const property = fc.asyncProperty(plans, fc.scheduler(), async (plan, scheduler) => {
    const outcome = await race(plan, scheduler, replaced);
    const violations = violationsOf(outcome.operations, outcome.aftermath, settle);
    if (violations.length > 0) throw new Error(violations.join("\n"), { cause: outcome });
    count("race");
    for (const what of happenings(plan, outcome)) count(what);
    orders.add(`${scheduler.report().map(({ taskId, label }) => `${taskId} ${label}`)}`);
  });
  const { RACES_SEED: seed, RACES_PATH: path } = process.env;
  await fc.assert(property, {
    numRuns: runs,
    ...(seed !== undefined && { seed: Number(seed) }),
    ...(path !== undefined && { path }),
    endOnFailure: !shrink,
    reporter(details) {
      if (details.failed) throw new Error(describeFailure(details));
    },
  });
  return counts.set("different orders", orders.size);
}

function happenings({ strategy }: Plan, { operations, decisions }: Outcome): readonly string[] {
  return [
    ...operations.map(({ method, answer }) => `${method} ${answer.status}`),
    ...operations.flatMap(({ answer: { settledBy } }) => (settledBy === undefined ? [] : [`settled by ${settledBy}`])),
    ...operations.flatMap(({ answer: { status } }) => (status === 409 ? [`conflict under ${strategy}`] : [])),
    ...decisions.map(({ outcome }) => outcome),
    ...decisions.flatMap(({ attempts }) => (attempts > 1 ? ["tried again"] : [])),
  ];
}

function describeFailure(details: fc.RunDetails<[Plan, fc.Scheduler]>): string {
  const { seed, counterexamplePath, counterexample, errorInstance, numRuns } = details;
  if (counterexample === null) return `Only ${numRuns} races were run.`;
  const [{ clients, ...rest }, scheduler] = counterexample;
  const cause = errorInstance instanceof Error ? errorInstance.cause : undefined;
  return [
    `Race ${numRuns} went wrong. Again: RACES_SEED=${seed} RACES_PATH=${counterexamplePath}`,
    String(errorInstance instanceof Error ? errorInstance.message : errorInstance),
    JSON.stringify(rest),
    ...clients.map((moves, at) => `client ${at + 1}: ${moves.map((move) => JSON.stringify(move)).join(" ")}`),
    ...scheduler.report().map(({ label }) => `  ${label}`),
    ...(isOutcome(cause) ? cause.operations.map(describe) : []),
  ].join("\n");
}

function describe({ answer, startedAt, endedAt, ...operation }: Operation): string {
  return `${startedAt}–${endedAt} ${JSON.stringify(operation)} → ${JSON.stringify(answer)}`;
}

function isOutcome(cause: unknown): cause is Outcome {
  return typeof cause === "object" && cause !== null && "operations" in cause;
}
