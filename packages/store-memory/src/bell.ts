import type { StopSignal } from "@unclash/core";

/** Rings each time that the log has grown, for those who wait for that. */
export class Bell {
  readonly #waiting = new Set<() => void>();
  #isSilent = false;

  /** Whether it will never ring again. */
  get isSilent(): boolean {
    return this.#isSilent;
  }

  /** Wakes all who wait. */
  ring(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  /** Wakes all who wait, for the last time. */
  silence(): void {
    this.#isSilent = true;
    this.ring();
  }

  /** Resolves at the next ring, or once `stop` is aborted. */
  async rung(stop: StopSignal): Promise<void> {
    if (this.#isSilent || stop.aborted) return;
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
