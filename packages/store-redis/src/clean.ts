import { type CleaningStep, eventAgeMs } from "@unclash/core/store";
import type { Calls } from "./calls.js";
import { cleanScript } from "./clean-script.js";
import { flag, items, number } from "./reply.js";

// A script holds up everyone who uses the server.
const stepRowsMax = 500;

/** One step of cleaning: at most `budget` rows, and 500. */
export async function clean(calls: Calls, budget: number): Promise<CleaningStep> {
  const reply = await calls.run(cleanScript, [`${Math.min(budget, stepRowsMax)}`, `${eventAgeMs}`]);
  const [removed, more] = items(reply, 2);
  return { removed: number(removed), more: flag(more) };
}
