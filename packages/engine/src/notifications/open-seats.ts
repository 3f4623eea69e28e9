/** How many of something a client may have at once, and all clients together. */
export interface SeatLimits {
  readonly perClientMax: number;
  readonly max: number;
}

/** Counts what clients have open at this moment, in this process. */
export class OpenSeats {
  readonly #limits: SeatLimits;
  readonly #byClient = new Map<string, number>();
  #count = 0;

  constructor(limits: SeatLimits) {
    this.#limits = limits;
  }

  /** Takes one for a client, and gives what gives it back; nothing where there is none left for it. */
  take(client: string): (() => void) | undefined {
    const own = this.#byClient.get(client) ?? 0;
    if (own >= this.#limits.perClientMax || this.#count >= this.#limits.max) return undefined;
    this.#byClient.set(client, own + 1);
    this.#count += 1;
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      this.#leave(client);
    };
  }

  #leave(client: string): void {
    this.#count -= 1;
    const left = (this.#byClient.get(client) ?? 1) - 1;
    if (left > 0) this.#byClient.set(client, left);
    else this.#byClient.delete(client);
  }
}
