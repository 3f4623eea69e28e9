import { setTimeout as delay } from "node:timers/promises";

/** So long that no machine, however busy, needs it for a run: it hangs. */
const hangMs = 180_000;

/** Waits until enough has happened, by work and not by time. Says so where it has not: then the run hangs. */
export async function goOnUntil(isEnough: () => boolean, everyMs = 20): Promise<"enough" | "hung"> {
  for (const untilMs = performance.now() + hangMs; ; await delay(everyMs)) {
    if (isEnough()) return "enough";
    if (performance.now() > untilMs) return "hung";
  }
}

/** Why a run shows nothing. */
export function hung(counts: string): string {
  return `the run hung: after ${hangMs / 1_000} s there were only ${counts}`;
}
