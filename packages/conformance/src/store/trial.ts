import type { Moment, Store } from "@unclash/core/store";
import type { TestClock } from "./test-clock.js";

/** What one case of the suite works with: a store of its own, empty, and its time. */
export interface Trial {
  readonly store: Store;
  /**
   * Returns once the store's time is `moment` or later: moves the clock there, or waits where the store has its own.
   */
  readonly until: (moment: Moment) => Promise<void>;
  /** The clock that the store was given. Only for cases that say that they need it. */
  readonly clock: TestClock;
  /** How long a case waits for what the store owes it, in milliseconds, before it fails. */
  readonly patienceMs: number;
  /** Closes the store and opens it again with what it held. Only for cases that say that they need it. */
  readonly reopen: () => Promise<Store>;
}

/** One test of the suite: its name is the sentence that it proves. */
export interface StoreCase {
  readonly name: string;
  /** What not every store has: a clock that can be handed in, or a life beyond `close`. */
  readonly needs?: "clock" | "reopen";
  readonly run: (trial: Trial) => Promise<void>;
}
