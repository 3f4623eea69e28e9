const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** How long a delivery is tried. */
export const tryMsMax: number = 24 * hour;

/** The pauses between attempts, in milliseconds, as Standard Webhooks 1.0.0 suggests; the last one is repeated. */
export const retryPausesMs: readonly number[] = [5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour];

/** Each pause is longer or shorter by up to this part of it, so that receivers are not met by all at once. */
export const jitter = 0.2;

/** How long a delivery waits for its next attempt; or that there is none. */
export type NextAttempt = { readonly kind: "wait"; readonly pauseMs: number } | { readonly kind: "dead" };

/** What is known of a delivery when an attempt has failed. */
export interface FailedAttempts {
  /** How many there were, from 1. */
  readonly attempts: number;
  /** How long it has been tried, from the end of the first attempt, in milliseconds. */
  readonly triedMs: number;
  /** What the receiver has asked for, in milliseconds. */
  readonly retryAfterMs: number;
}

/**
 * When a delivery is tried again whose attempt has failed. The last attempt comes when a day is over, unless the
 * receiver wants it later than that.
 *
 * @param random from 0 to 1
 */
export function nextAttempt({ attempts, triedMs, retryAfterMs }: FailedAttempts, random: number): NextAttempt {
  const leftMs = tryMsMax - triedMs;
  if (leftMs <= 0) return { kind: "dead" };
  const pauseMs = retryPausesMs[Math.min(attempts, retryPausesMs.length) - 1] ?? 0;
  const jittered = Math.round(pauseMs * (1 - jitter + 2 * jitter * random));
  return { kind: "wait", pauseMs: Math.max(Math.min(jittered, leftMs), Math.min(retryAfterMs, tryMsMax)) };
}
