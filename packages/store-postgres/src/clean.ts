import { type CleaningStep, eventAgeMs } from "@unclash/core/store";
import type { Calls } from "./calls.js";
import type { Row } from "./driver.js";
import type { LockNumbers } from "./locks.js";
import { flagOf, integerOf, textOf } from "./record.js";
import type { Statements } from "./statements.js";

const stepMs = 10;

// The keys that one step may look at: each is locked until it ends.
const keysMax = 100;

/** One step of cleaning, of at most `budget` rows and about 10 ms. */
export async function clean(
  budget: number,
  calls: Calls,
  statements: Statements,
  numbers: LockNumbers,
): Promise<CleaningStep> {
  const keys = await calls.read(
    () => statements.call("due", [keysMax]),
    (rows) => rows.map(([key]) => textOf(key)),
  );
  const locks = keys.map((key) => numbers.key(key));
  const step = Math.min(budget, 2_147_483_647);
  return calls.write(() => statements.call("clean", [keys, locks, step, eventAgeMs, stepMs]), stepOf);
}

function stepOf([row]: readonly Row[]): CleaningStep {
  return { removed: integerOf(row?.[0]), more: flagOf(row?.[1]) };
}
