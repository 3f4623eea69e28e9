import type { Moment } from "@unclash/core/store";

/** The store's time, as a process knows it between two looks at the store. */
export class StoreClock {
  readonly #nowMs: () => number;
  #seen: { readonly now: Moment; readonly atMs: number } = { now: 0, atMs: 0 };

  /** @param nowMs a clock that never steps: `performance.now` */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** What a snapshot said. */
  set(now: Moment): void {
    this.#seen = { now, atMs: this.#nowMs() };
  }

  now(): Moment {
    const { now, atMs } = this.#seen;
    return Math.round(now + this.#nowMs() - atMs);
  }
}
