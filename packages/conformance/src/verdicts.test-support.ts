/** How a suite is asked for one of its cases, as an adapter with a fault would fare in it. */
export interface Verdicts<Twist> {
  /** What the case of that name says about an adapter with that fault: an error, or nothing. */
  on(twist: Twist, name: string): Promise<unknown>;
  /** The same about an adapter without a fault. Asked again, it says what it said. */
  onSound(name: string): Promise<unknown>;
  /** Ends what the sound adapter runs on. */
  close(): Promise<void>;
}

/** Declares a suite's cases for an adapter with that fault. */
export type Declare<Twist> = (twist: Twist, test: (name: string, run: () => Promise<void>) => void) => void;

/** @param sound the twist of an adapter without a fault; all its cases share what it runs on */
export function createVerdicts<Twist>(declare: Declare<Twist>, sound: Twist): Verdicts<Twist> {
  const soundSuite = declared(declare, sound);
  const known = new Map<string, Promise<unknown>>();
  let last: Promise<unknown> = Promise.resolve();
  return {
    async on(twist, name) {
      const suite = declared(declare, twist);
      return verdictOf(suite.run(name)).finally(suite.close);
    },
    onSound(name) {
      const before = known.get(name);
      if (before !== undefined) return before;
      // One after the other, as a runner does: they share servers.
      const verdict = last.then(() => verdictOf(soundSuite.run(name)));
      last = verdict.catch(() => undefined);
      known.set(name, verdict);
      return verdict;
    },
    close: soundSuite.close,
  };
}

interface Suite {
  run(name: string): Promise<void>;
  close(): Promise<void>;
}

function declared<Twist>(declare: Declare<Twist>, twist: Twist): Suite {
  const cases = new Map<string, () => Promise<void>>();
  declare(twist, (name, run) => void cases.set(name, run));
  return {
    async run(name) {
      const run = cases.get(name) ?? cases.get(`guarded: ${name}`);
      if (run === undefined) throw new MissingCase(name);
      await run();
    },
    // The last case that a suite declares ends its servers.
    close: async () => [...cases.values()].at(-1)?.(),
  };
}

class MissingCase extends TypeError {
  constructor(name: string) {
    super(`The suite has no case of this name: ${name}`);
  }
}

async function verdictOf(running: Promise<void>): Promise<unknown> {
  try {
    await running;
    return undefined;
  } catch (error) {
    if (error instanceof MissingCase) throw error;
    return error;
  }
}
