import { setTimeout } from "node:timers/promises";
import { ConfigurationError, StoreError } from "@unclash/core";
import { isBusy, storeError } from "./failure.js";

/**
 * Tries until another process has let go of the file, at most `timeoutMs`, and leaves the event loop free between
 * two tries. SQLite's own waiting (`busy_timeout`) would hold up the whole server.
 *
 * @throws StoreError `not-applied` where the file stayed locked, or where SQLite failed otherwise.
 * @throws ConfigurationError where the attempt throws one.
 */
export async function patiently<T>(attempt: () => T, timeoutMs: number): Promise<T> {
  const until = performance.now() + timeoutMs;
  for (let tries = 1; ; tries++) {
    try {
      return attempt();
    } catch (error) {
      if (error instanceof ConfigurationError) throw error;
      if (!isBusy(error)) throw storeError(error, "not-applied");
      if (performance.now() >= until) throw stayedLocked(timeoutMs, error);
    }
    await pause(tries);
  }
}

/** What a call fails with once it has waited long enough. */
export function stayedLocked(timeoutMs: number, cause: unknown): StoreError {
  return new StoreError(`The file stayed locked by another process for ${timeoutMs} ms.`, "not-applied", { cause });
}

/** Waits a moment before the next of some tries. */
export async function pause(tries: number): Promise<void> {
  await setTimeout(pauseMs(tries));
}

// Jittered, so that two who wait do not meet again and again. Short at first, since a busy process leaves the lock for
// less than a millisecond between two groups; longer once it seems that someone keeps it.
function pauseMs(tries: number): number {
  return 1 + Math.random() * Math.min(1 + tries / 16, 8);
}
