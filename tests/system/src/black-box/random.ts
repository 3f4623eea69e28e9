/** Random numbers that come again with the same seed (mulberry32). They drive the choices of a run, not its timing. */
export interface Random {
  /** At least 0, below 1. */
  readonly next: () => number;
  /** A whole number of at least `from`, below `to`. */
  readonly between: (from: number, to: number) => number;
  readonly chance: (probability: number) => boolean;
  readonly pick: <T>(items: readonly [T, ...T[]]) => T;
  /** Another one of its own, so that what one draws does not change what another does. */
  readonly fork: () => Random;
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (from: number, to: number): number => from + Math.floor(next() * (to - from));
  return {
    next,
    between,
    chance: (probability) => next() < probability,
    pick: (items) => items[between(0, items.length)] ?? items[0],
    fork: () => createRandom(between(0, 2 ** 32)),
  };
}

/** The seed of `SEED`, or a new one. */
export function chooseSeed(): number {
  const given = Number(process.env["SEED"]);
  return Number.isSafeInteger(given) && given > 0 ? given : 1 + Math.floor(Math.random() * (2 ** 32 - 1));
}
