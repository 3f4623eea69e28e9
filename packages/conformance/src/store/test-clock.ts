import type { Moment } from "@unclash/core/store";

/** A clock that stands still until it is told to go on, so that a test waits for nothing. */
export interface TestClock {
  /** The time, in whole milliseconds since 1970. Needs no receiver: pass it on as `clock.now`. */
  readonly now: () => Moment;
  /** Moves the time on by so many milliseconds. */
  readonly advance: (ms: number) => void;
}

/** Makes a clock that begins at this moment. @default 2027-01-15T08:00:00Z */
export function createTestClock(start: Moment = 1_800_000_000_000): TestClock {
  let now = start;
  return {
    now: () => now,
    advance(ms) {
      now += ms;
    },
  };
}
