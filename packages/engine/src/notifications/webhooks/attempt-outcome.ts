import { assertNever } from "@unclash/core";
import type { Moment } from "@unclash/core/store";
import type { Delivery } from "../delivery.js";
import type { DisabledReason, Subscription } from "../subscription.js";
import { nextAttempt, tryMsMax } from "./retry-schedule.js";

/** How an attempt ended. */
export type AttemptResult =
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly retryAfterSeconds?: number;
      readonly durationMs: number;
    }
  /** No whole response came. */
  | { readonly kind: "failed"; readonly reason: string; readonly durationMs: number }
  /** Nothing was sent: a function of the app's failed, so that it is not known who may be told. */
  | { readonly kind: "unchecked"; readonly durationMs: number }
  /** Nothing was sent: nobody may be told any more. */
  | { readonly kind: "dropped" };

/** What an attempt makes of its delivery and its subscription. */
export interface AttemptOutcome {
  /** `undefined`: nothing is left of it. */
  readonly delivery: Delivery | undefined;
  /** As it is from now on: the very same where nothing has changed. */
  readonly subscription: Subscription;
  /** How long the delivery waits for its next attempt, in milliseconds. */
  readonly pauseMs: number;
  /** How long the receiver wants nothing at all, in milliseconds. */
  readonly silenceMs: number;
  readonly reason: string | undefined;
}

/** What an outcome depends on beside the attempt. */
export interface AttemptContext {
  /** The store's time. */
  readonly now: Moment;
  /** From 0 to 1. */
  readonly random: number;
}

/**
 * Decides on what follows from an attempt. How long a delivery was tried is counted by its pauses, not by moments: a
 * clock that is set forward ends none.
 */
export function evaluateAttempt(
  delivery: Delivery,
  subscription: Subscription,
  result: AttemptResult,
  context: AttemptContext,
): AttemptOutcome {
  switch (result.kind) {
    case "dropped":
      return { delivery: undefined, subscription, pauseMs: 0, silenceMs: 0, reason: "not-permitted" };
    case "unchecked":
      return failure(delivery, subscription, { result, reason: "permission", isReceivers: false }, context);
    case "failed":
      return failure(delivery, subscription, { result, reason: result.reason, isReceivers: true }, context);
    case "answered":
      if (result.status >= 200 && result.status < 300) return success(delivery, subscription, result, context);
      if (result.status === 410) return gone(delivery, subscription, result, context);
      return failure(delivery, subscription, { result, reason: "status", isReceivers: true }, context);
    default:
      return assertNever(result);
  }
}

type Answered = Extract<AttemptResult, { readonly kind: "answered" }>;

function success(
  delivery: Delivery,
  subscription: Subscription,
  { status: responseStatus, durationMs }: Answered,
  { now }: AttemptContext,
): AttemptOutcome {
  const { failingSince, pausedUntil, ...rest } = subscription;
  const isFailing = failingSince !== undefined || pausedUntil !== undefined;
  return {
    delivery: { ...ended(delivery, now, durationMs), status: "delivered", responseStatus },
    subscription: isFailing ? rest : subscription,
    pauseMs: 0,
    silenceMs: 0,
    reason: undefined,
  };
}

function gone(
  delivery: Delivery,
  subscription: Subscription,
  { status: responseStatus, durationMs }: Answered,
  { now }: AttemptContext,
): AttemptOutcome {
  return {
    delivery: { ...ended(delivery, now, durationMs), status: "dead", responseStatus },
    subscription: disabled(subscription, "gone", now),
    pauseMs: 0,
    silenceMs: 0,
    reason: "gone",
  };
}

interface Failure {
  readonly result: Exclude<AttemptResult, { readonly kind: "dropped" }>;
  readonly reason: string;
  /** Whether it is the receiver that failed. */
  readonly isReceivers: boolean;
}

function failure(
  delivery: Delivery,
  subscription: Subscription,
  { result, reason, isReceivers }: Failure,
  { now, random }: AttemptContext,
): AttemptOutcome {
  const { durationMs } = result;
  const response = result.kind === "answered" ? { responseStatus: result.status } : {};
  const retryAfterMs = result.kind === "answered" ? (result.retryAfterSeconds ?? 0) * 1_000 : 0;
  const silenceMs = Math.min(retryAfterMs, tryMsMax);
  const triedMs = triedMsAfter(delivery, durationMs);
  const attempts = delivery.attempts + 1;
  const next = nextAttempt({ attempts, triedMs, retryAfterMs }, random);
  const failed = { ...ended(delivery, now, durationMs), ...response, triedMs };
  const isOver = next.kind === "dead" || !isReceiving(subscription);
  const pauseMs = next.kind === "wait" ? next.pauseMs : 0;
  return {
    delivery: isOver ? { ...failed, status: "dead" } : { ...failed, status: "retrying", dueAt: now + pauseMs },
    subscription: isReceivers ? afterFailure(subscription, { triedMs, silenceMs, now }) : subscription,
    pauseMs,
    silenceMs,
    reason,
  };
}

/** A subscription that failed for a day is disabled: a delivery was tried for so long, and no other one got through. */
function afterFailure(
  subscription: Subscription,
  { triedMs, silenceMs, now }: { readonly triedMs: number; readonly silenceMs: number; readonly now: Moment },
): Subscription {
  const { failingSince = now } = subscription;
  if (!isReceiving(subscription)) return subscription;
  if (triedMs >= tryMsMax && now - failingSince >= tryMsMax * nearly)
    return disabled({ ...subscription, failingSince }, "failing", now);
  if (silenceMs > 0) return { ...subscription, failingSince, pausedUntil: now + silenceMs };
  return subscription.failingSince === undefined ? { ...subscription, failingSince } : subscription;
}

/** Clocks of processes and stores differ by a little. */
const nearly = 0.99;

/** How long a delivery was tried, from the end of its first attempt to that of the one that took `durationMs`. */
function triedMsAfter({ attempts, triedMs = 0, at, dueAt = at }: Delivery, durationMs: number): number {
  return attempts === 0 ? 0 : triedMs + Math.max(dueAt - at, 0) + durationMs;
}

function ended({ dueAt: _due, responseStatus: _status, ...delivery }: Delivery, at: Moment, durationMs: number) {
  return { ...delivery, at, attempts: delivery.attempts + 1, durationMs };
}

/** A subscription that nothing more is sent to until its owner enables it again. */
export function disabled(subscription: Subscription, reason: DisabledReason, at: Moment): Subscription {
  const { pausedUntil: _, ...rest } = subscription;
  return { ...rest, enabled: false, disabled: { reason, at } };
}

/** Whether events are sent to a subscription. */
export function isReceiving({ enabled, callback }: Subscription): boolean {
  return enabled && callback !== undefined;
}

/** A delivery that none will be made of any more. */
export function deadDelivery({ dueAt: _, ...delivery }: Delivery, at: Moment): Delivery {
  return { ...delivery, status: "dead", at };
}

/**
 * How long one that was read from the store still waits, in milliseconds. It never waits for longer than it was to,
 * however the store's clock was set meanwhile.
 */
export function remainingPauseMs({ dueAt, at }: Delivery, now: Moment): number {
  return dueAt === undefined ? 0 : Math.max(0, Math.min(dueAt - now, dueAt - at));
}
