import { parseHttpDate } from "@unclash/core";
import type { Moment } from "@unclash/core/store";

/** A receiver can't put off what is sent to it for longer than this. */
const secondsMax = 86_400;

/**
 * Reads `Retry-After` (RFC 9110 §10.2.3), a delay in seconds or an HTTP-date.
 *
 * @returns seconds from `now` on, from 0 to a day; `undefined` where the field is absent or is neither
 */
export function readRetryAfter(field: string | undefined, now: Moment): number | undefined {
  if (field === undefined) return undefined;
  if (/^[0-9]+$/.test(field)) return Math.min(Number(field), secondsMax);
  const moment = parseHttpDate(field, now);
  return moment === undefined ? undefined : Math.min(Math.max(Math.ceil((moment - now) / 1_000), 0), secondsMax);
}
