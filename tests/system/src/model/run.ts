import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { isSoak } from "../black-box/soak.js";
import { assertCoverage, isCovered } from "./coverage.js";
import { endOfLog } from "./event-log.js";
import { describeFailure } from "./report.js";
import { type StepsAllowed, stepSequences } from "./steps.js";
import { Tally } from "./tally.js";
import { type Subject, Trial } from "./trial.js";

/** How a store is held against the model. */
export interface ModelOptions extends StepsAllowed {
  /** The store for the next run; it may be that of the run before. */
  readonly open: () => Promise<Subject>;
  /** Called after each run, with the store as the run left it. */
  readonly close?: (subject: Subject) => Promise<void>;
}

/** How many runs of about 40 steps make a test of a store that needs no server, and how many of one that does. */
export const modelRuns: { readonly embedded: number; readonly server: number } = isSoak
  ? { embedded: 2_000, server: 1_000 }
  : { embedded: 500, server: 150 };

/** When such a test must hang: no test of a sound store takes as long. */
export const modelTimeoutMs = 1_800_000;

// A run that hangs is stopped, and a failure is made smaller for so long at most.
const interruptMs = 600_000;
const shrinkMs = 120_000;

// As long as something was not met with often enough, a quarter of the runs is added, up to five times the runs in all.
const additionsMax = 16;

/**
 * The test of a store: so many runs, and as many more as it takes to meet with all that there is. Runs in several
 * places go on at the same time: a run waits more than it works. With `MODEL_TALLY=1` it tells what was met with.
 *
 * @param places stores that share nothing, each with runs of its own
 * @throws Error that says how the store and the model differ, and how to do it again
 */
export async function holdAgainstModel(places: readonly ModelOptions[], runs: number): Promise<void> {
  const startedAt = performance.now();
  const tally = new Tally();
  // What is to be done again is one run of one seed.
  const isReplay = process.env["MODEL_SEED"] !== undefined;
  const used = isReplay ? places.slice(0, 1) : places;
  const runAll = async (count: number): Promise<void> => {
    const perPlace = Math.ceil(count / used.length);
    const ended = await Promise.allSettled(used.map((place) => runModel(place, perPlace, { tally })));
    for (const one of ended) if (one.status === "rejected") throw one.reason;
  };
  await runAll(runs);
  if (isReplay) return;
  for (let n = 0; n < additionsMax && !isCovered(tally, runs); n++) await runAll(runs / 4);
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  if (process.env["MODEL_TALLY"] !== undefined) console.log(`${seconds} s. ${tally}`);
  assertCoverage(tally, runs);
}

/**
 * Lets a store and the model do the same, at random, and compares them after each step. Gives what was met with.
 *
 * @throws Error as {@link holdAgainstModel} does
 */
export async function runModel(
  options: ModelOptions,
  runs: number,
  { shrink = true, tally = new Tally() } = {},
): Promise<Tally> {
  let failedAt: number | undefined;
  const property = fc.asyncProperty(stepSequences(options), async (steps) => {
    // What passes is not made smaller any more.
    if (failedAt !== undefined && performance.now() - failedAt > shrinkMs) return;
    const subject = await options.open();
    const run = `m${randomBytes(6).toString("hex")}`;
    const trial = new Trial(run, subject, await endOfLog(subject.store), tally);
    try {
      for (const step of steps) await trial.carryOut(step);
      await trial.compareAll();
      tally.count("run");
    } catch (error) {
      failedAt ??= performance.now();
      throw new Error(`${String(error)}\nAs it went:\n${trial.done.join("\n")}`, { cause: error });
    } finally {
      const store = await trial.end();
      await options.close?.({ ...subject, store });
    }
  });
  await fc.assert(property, {
    numRuns: runs,
    ...replayed(),
    endOnFailure: !shrink,
    interruptAfterTimeLimit: interruptMs,
    markInterruptAsFailure: true,
    reporter(details) {
      if (details.failed) throw new Error(describeFailure(details));
    },
  });
  return tally;
}

// What a failure says of how to do it again.
function replayed(): { readonly seed?: number; readonly path?: string } {
  const { MODEL_SEED: seed, MODEL_PATH: path } = process.env;
  return { ...(seed !== undefined && { seed: Number(seed) }), ...(path !== undefined && { path }) };
}
