/** How many of something there may be at once: of one client or host, and in all. */
export interface ConcurrencyLimits {
  readonly perNameMax: number;
  readonly max: number;
}

/** Counts what goes on at this moment in this process, by the name of a client or a host. */
export class ConcurrencyQuota {
  readonly #limits: ConcurrencyLimits;
  readonly #byName = new Map<string, number>();
  #count = 0;

  constructor(limits: ConcurrencyLimits) {
    this.#limits = limits;
  }

  /** Whether one more may go on for a name. */
  isFree(name: string): boolean {
    return this.#count < this.#limits.max && (this.#byName.get(name) ?? 0) < this.#limits.perNameMax;
  }

  /** Counts one more for a name, and gives what releases it; nothing where there is none left for it. */
  acquire(name: string): (() => void) | undefined {
    if (!this.isFree(name)) return undefined;
    this.#byName.set(name, (this.#byName.get(name) ?? 0) + 1);
    this.#count += 1;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#release(name);
    };
  }

  #release(name: string): void {
    this.#count -= 1;
    const left = (this.#byName.get(name) ?? 1) - 1;
    if (left > 0) this.#byName.set(name, left);
    else this.#byName.delete(name);
  }
}
