import type fc from "fast-check";
import type { Step } from "./steps.js";

/** One step on one line. */
export function formatStep(step: Step): string {
  const { do: what, ...rest } = step;
  return `${what} ${JSON.stringify(rest)}`;
}

/** All that someone needs who is to find out why a run failed: how to run it again, what was done, what went wrong. */
export function describeFailure(details: fc.RunDetails<[readonly Step[]]>): string {
  const { seed, counterexamplePath, counterexample, errorInstance, numRuns, interrupted } = details;
  if (counterexample === null) return `Only ${numRuns} runs were done${interrupted ? " in the time given" : ""}.`;
  return [
    `The store and the model differ, in run ${numRuns}. Again: MODEL_SEED=${seed} MODEL_PATH=${counterexamplePath}`,
    String(errorInstance instanceof Error ? errorInstance.message : errorInstance),
  ].join("\n");
}
