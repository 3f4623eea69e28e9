/** How many attempts may be made at once in one process. */
export interface SlotCaps {
  readonly attemptsInFlightMax: number;
  readonly attemptsPerHostMax: number;
}

/** The attempts that one process makes at this moment: so many in all, and so many at one host. */
export class AttemptSlots {
  readonly #caps: SlotCaps;
  readonly #byHost = new Map<string, number>();
  #taken = 0;

  constructor(caps: SlotCaps) {
    this.#caps = caps;
  }

  /** How many are taken. */
  get taken(): number {
    return this.#taken;
  }

  isFree(host: string): boolean {
    const { attemptsInFlightMax, attemptsPerHostMax } = this.#caps;
    return this.#taken < attemptsInFlightMax && (this.#byHost.get(host) ?? 0) < attemptsPerHostMax;
  }

  /** Takes one. What it returns gives it back: call it once. */
  take(host: string): () => void {
    this.#taken += 1;
    this.#byHost.set(host, (this.#byHost.get(host) ?? 0) + 1);
    return () => {
      this.#taken -= 1;
      const left = (this.#byHost.get(host) ?? 0) - 1;
      if (left > 0) this.#byHost.set(host, left);
      else this.#byHost.delete(host);
    };
  }
}
