import type { Pace } from "../../commits/pace.js";

/** A pause that something may end early. */
export class Alarm {
  readonly #pace: Pace;
  readonly #stop: AbortSignal;
  #hasRung = false;
  #waiting: AbortController | undefined;

  /** @param stop ends all pauses, for good */
  constructor(pace: Pace, stop: AbortSignal) {
    this.#pace = pace;
    this.#stop = stop;
    stop.addEventListener("abort", () => this.#waiting?.abort(), { once: true });
  }

  /** Ends the pause, or the next one where there is none. */
  ring(): void {
    this.#hasRung = true;
    this.#waiting?.abort();
  }

  async pause(durationMs: number): Promise<void> {
    if (!this.#hasRung && !this.#stop.aborted) {
      this.#waiting = new AbortController();
      await this.#pace.pause(durationMs, this.#waiting.signal);
      this.#waiting = undefined;
    }
    this.#hasRung = false;
  }
}
