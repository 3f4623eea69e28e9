import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { assertCoverage } from "./coverage.js";
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

const soakFactor = Number(process.env["SOAK"] ?? 1);

/** How many runs of about 40 steps make a test: 500, `SOAK` times as many with that variable. */
export const modelRuns: number = 500 * soakFactor;

/** How long such a test may take. What fails is made smaller for half of that time at most. */
export const modelTimeoutMs: number = 360_000 * Math.max(1, soakFactor);

/**
 * The test of a store: so many runs, and all that there is must have been met with. With `MODEL_TALLY=1` it tells how
 * often.
 *
 * @throws Error that says how the store and the model differ, and how to do it again
 */
export async function holdAgainstModel(options: ModelOptions): Promise<void> {
  const startedAt = performance.now();
  const tally = await runModel(options, modelRuns);
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  if (process.env["MODEL_TALLY"] !== undefined) console.log(`${seconds} s. ${tally}`);
  if (process.env["MODEL_PATH"] === undefined) assertCoverage(tally, modelRuns);
}

/**
 * Lets a store and the model do the same, at random, and compares them after each step. Gives what was met with.
 *
 * @throws Error as {@link holdAgainstModel} does
 */
export async function runModel(options: ModelOptions, runs: number, { shrink = true } = {}): Promise<Tally> {
  const tally = new Tally();
  const property = fc.asyncProperty(stepSequences(options), async (steps) => {
    const subject = await options.open();
    const run = `m${randomBytes(6).toString("hex")}`;
    const trial = new Trial(run, subject, await endOfLog(subject.store), tally);
    try {
      for (const step of steps) await trial.carryOut(step);
      await trial.compareAll();
      tally.count("run");
    } catch (error) {
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
    interruptAfterTimeLimit: modelTimeoutMs / 2,
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
