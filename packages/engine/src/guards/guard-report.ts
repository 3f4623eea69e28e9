/** What a guard has seen, or, with `reportOnly`, what it would have stopped. */
export interface GuardReport {
  /** Unsafe requests, all together. */
  readonly writes: number;
  /** Those that named a state that was no longer there: each would have written over what its sender had not seen. */
  readonly lostUpdates: number;
  /** Those that did not say which state they were for: nobody can tell what they wrote over. */
  readonly unconditional: number;
  /** How often each problem was answered, or would have been, by its slug. */
  readonly refused: Readonly<Record<string, number>>;
}

/** Counts for one guard. */
export interface Tally {
  write(): void;
  refuse(outcome: string, isWrite: boolean): void;
  /** A state was held against a request. */
  hold(): void;
  /** Whether that has ever been so. */
  readonly hasHeld: boolean;
  report(): GuardReport;
}

export function createTally(): Tally {
  const refused = new Map<string, number>();
  let writes = 0;
  let lostUpdates = 0;
  let unconditional = 0;
  let hasHeld = false;
  return {
    write: () => {
      writes += 1;
    },
    refuse: (outcome, isWrite) => {
      refused.set(outcome, (refused.get(outcome) ?? 0) + 1);
      if (isWrite && outcome === "version-conflict") lostUpdates += 1;
      if (outcome === "precondition-required") unconditional += 1;
    },
    hold: () => {
      hasHeld = true;
    },
    get hasHeld() {
      return hasHeld;
    },
    report: () => ({ writes, lostUpdates, unconditional, refused: Object.fromEntries(refused) }),
  };
}
