import assert from "node:assert/strict";
import { actionNames, expectationNames, type Tally } from "./tally.js";

const steps = ["commit", "repeat", "read", "list", "history", "clean", "follow", "pass", "reopen"];

/**
 * Shows that a test of so many runs met with all that there is, and often enough to mean something.
 *
 * @throws AssertionError that names what was too rare
 */
export function assertCoverage(tally: Tally, runs: number): void {
  const missing = missingOf(tally, runs);
  assert(missing.length === 0, missing.join("; "));
}

/** Whether {@link assertCoverage} would find nothing. */
export function isCovered(tally: Tally, runs: number): boolean {
  return missingOf(tally, runs).length === 0;
}

function missingOf(tally: Tally, runs: number): readonly string[] {
  const missing: string[] = [];
  const atLeast = (what: string, perRun: number, count = tally.of(what)): void => {
    if (count < runs * perRun) missing.push(`${what}: ${count} in ${runs} runs, and ${perRun} a run were to be`);
  };
  atLeast("run", 1);
  const stepCount = steps.reduce((sum, step) => sum + tally.of(step), 0);
  atLeast("steps of any kind", 38, stepCount);
  atLeast("committed", 10);
  atLeast("clash", 5);
  for (const action of actionNames) for (const kind of ["committed", "clash"]) atLeast(`${action} ${kind}`, 0.1);
  for (const name of expectationNames) atLeast(`${name} met`, 0.1);
  for (const name of expectationNames) if (name !== "any") atLeast(`${name} failed`, 0.1);
  atLeast("several writes committed", 0.5);
  for (const named of ["range committed", "range named", "unique value named", "version named"]) atLeast(named, 0.4);
  for (const kind of ["committed", "clash"]) atLeast(`events ${kind}`, 1);
  for (const kind of ["committed", "clash"]) atLeast(`descending range ${kind}`, 0.04);
  atLeast("later descending page", 0.1);
  for (const what of ["past states gone", "page", "list", "history", "clean", "follow"]) atLeast(what, 0.5);
  return missing;
}
