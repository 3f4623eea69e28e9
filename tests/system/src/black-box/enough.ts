import { setTimeout as delay } from "node:timers/promises";

/** So long that no machine, however busy, needs it for a run: it hangs. */
const hangMs = 180_000;

/** How a wait ended: enough happened, the work that was allowed is done, or the run hangs. */
export type End = "enough" | "spent" | "hung";

export interface GoOnOptions {
  /** @default 20 */
  readonly everyMs?: number;
  /** Whether all the work that a run may take is done. @default never */
  readonly isSpent?: () => boolean;
}

/** Waits until enough has happened, by work and not by time. Says so where it has not. */
export async function goOnUntil(
  isEnough: () => boolean,
  { everyMs = 20, isSpent = () => false }: GoOnOptions = {},
): Promise<End> {
  for (const untilMs = performance.now() + hangMs; ; await delay(everyMs)) {
    if (isEnough()) return "enough";
    if (isSpent()) return "spent";
    if (performance.now() > untilMs) return "hung";
  }
}

/** Why a run shows nothing. */
export function hung(counts: string): string {
  return `the run hung: after ${hangMs / 1_000} s there were only ${counts}`;
}

/** Why a run that ended so shows nothing; nothing where it shows enough. */
export function tooLittleOf(end: End, counts: string): string | undefined {
  if (end === "enough") return undefined;
  return end === "hung" ? hung(counts) : `all the work that was allowed gave only ${counts}`;
}
