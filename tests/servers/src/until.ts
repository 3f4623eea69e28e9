import { setTimeout as delay } from "node:timers/promises";

export interface Waiting {
  /** Says what did not happen. */
  readonly describe: () => string;
  /** Whether it can't happen any more. */
  readonly failed: () => boolean;
}

const patienceMs = 30_000;

/** Waits until something holds: half a minute, and then throws. */
export async function until(holds: () => boolean | Promise<boolean>, { describe, failed }: Waiting): Promise<void> {
  for (const endsAt = performance.now() + patienceMs; !(await holds()); await delay(20)) {
    if (failed() || performance.now() > endsAt) throw new Error(describe());
  }
}
