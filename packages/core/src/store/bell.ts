import type { StopSignal } from "./port.js";

/** Rings each time that a store's events may have grown, for the followers in the same process that wait for that. */
export class Bell {
  readonly #waiting = new Set<() => void>();
  #rings = 0;
  #isSilent = false;

  /** How often it has rung. */
  get rings(): number {
    return this.#rings;
  }

  /** Whether it will never ring again. */
  get isSilent(): boolean {
    return this.#isSilent;
  }

  /** Wakes all who wait. */
  ring(): void {
    this.#rings++;
    for (const wake of [...this.#waiting]) wake();
  }

  /** Wakes all who wait, for the last time. */
  silence(): void {
    this.#isSilent = true;
    this.ring();
  }

  /** Resolves once it has rung more often than this, or `stop` is aborted. */
  async rung(rings: number, stop: StopSignal): Promise<void> {
    if (this.#rings > rings || this.#isSilent || stop.aborted) return;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        stop.removeEventListener("abort", wake);
        resolve();
      };
      this.#waiting.add(wake);
      stop.addEventListener("abort", wake);
    });
  }
}
