import { type CleaningStep, eventAgeMs } from "@unclash/core/store";
import type { Calls } from "./calls.js";
import { cleanScript } from "./clean-script.js";
import { flag, items, number } from "./reply.js";

// A script holds up everyone who uses the server: so many rows take it less than a millisecond.
const stepRowsMax = 100;

/** One step of cleaning: at most `budget` rows, and 100. */
export async function clean(calls: Calls, budget: number): Promise<CleaningStep> {
  const reply = await calls.run(cleanScript, [`${Math.min(budget, stepRowsMax)}`, `${eventAgeMs}`]);
  const [removed, more] = items(reply, 2);
  return { removed: number(removed), more: flag(more) };
}
