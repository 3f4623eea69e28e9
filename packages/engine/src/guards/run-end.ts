import type { KeyRun, RunEnd } from "../idempotency/key-run.js";
import { isKept, type KeptAnswer } from "../idempotency/record.js";
import type { Passage } from "./passage.js";

/**
 * How a request that ran has ended, by its answer. A handler that failed after it began may have had its effect: a key is given
 * back only where the handler says that it had none, or knows a repeat by itself.
 */
export function endOfRun({ dryRun, notApplied, refusal, resource }: Passage, run: KeyRun, answer: KeptAnswer): RunEnd {
  const isFailure = answer.status >= 500;
  if (dryRun || (isFailure && (notApplied || run.knowsRepeats))) return { kind: "harmless" };
  if (isFailure) return { kind: "unknown" };
  if (!isKept(answer.status, refusal)) return { kind: "harmless" };
  // A conflict tells of the state: it is shown again only where the app still shows that.
  const isConflict = refusal === "version-conflict" && (answer.status === 409 || answer.status === 412);
  return { kind: "answer", answer: isConflict ? { ...answer, shows: resource ?? "" } : answer };
}
