import { setTimeout as pause } from "node:timers/promises";

/** The time by which work in the background goes on: the process's own, or a simulated one in tests. */
export interface Pace {
  /** Milliseconds since some moment; it never steps. */
  nowMs(): number;
  /** Waits so long, or until `stop`. */
  pause(durationMs: number, stop: AbortSignal): Promise<void>;
}

/** The time of the process. What waits by it does not keep the process from ending. */
export const processPace: Pace = {
  nowMs: () => performance.now(),
  async pause(durationMs, stop) {
    try {
      await pause(durationMs, undefined, { signal: stop, ref: false });
    } catch (thrown) {
      if (!stop.aborted) throw thrown;
    }
  },
};
