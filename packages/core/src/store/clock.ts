import { CallbackError } from "../errors.js";
import { describeValue } from "../options/check-options.js";
import type { Moment } from "./record.js";

/**
 * A clock that an app hands in, held against what a clock may return: once here, and each time that it is asked. What a
 * `Date`, or a fraction, would make of the moments at which records lapse, nobody could see.
 *
 * @throws CallbackError for one that does not return whole milliseconds since 1970
 * @example const clock = options.clock === undefined ? Date.now : checkedClock(options.clock);
 */
export function checkedClock(clock: () => Moment): () => Moment {
  const checked = (): Moment => {
    const now = clock();
    if (Number.isSafeInteger(now)) return now;
    const given = describeValue(now);
    throw new CallbackError(
      "clock",
      `must return whole milliseconds since 1970, as Date.now does, and returned ${given}`,
    );
  };
  checked();
  return checked;
}
