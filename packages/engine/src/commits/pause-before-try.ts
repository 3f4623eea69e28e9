import { setTimeout as pause } from "node:timers/promises";

/** The longest pause between two tries, in milliseconds. */
const pauseMsMax = 250;

/**
 * Waits before a try of what has lost a race to others: longer each time, and by chance, so that two that lost to each
 * other do not meet again.
 *
 * @param attempt the number of the try, from 1 on; the first one does not wait
 */
export async function pauseBeforeTry(attempt: number): Promise<void> {
  if (attempt > 1) await pause(Math.random() * Math.min(2 ** attempt, pauseMsMax));
}
