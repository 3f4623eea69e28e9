import type { AnyDecision } from "../../observing/observer.js";
import type { Delivery } from "../delivery.js";
import { typePrefix } from "../event.js";
import type { Callback, DisabledReason, Subscription } from "../subscription.js";
import type { AttemptOutcome } from "./attempt-outcome.js";
import type { EndedAttempt } from "./outcome-recorder.js";

/**
 * One attempt to deliver an event to the callback of a subscription, or the end of a delivery without one. `type`,
 * `status`, `reason` and `disabled` have few values, fit to be labels of metrics; `host` has as many as clients choose.
 * No member holds a secret, or a path.
 */
export interface DeliveryDecision extends AnyDecision {
  readonly kind: "delivery";
  /** Its id. */
  readonly subscription: string;
  /** The id of the event, which the receiver gets as `webhook-id`. */
  readonly event: string;
  /** As clients know it: `unclash.resource.changed`. */
  readonly type: string;
  /** The host of the callback, with its port where that is not the usual one. */
  readonly host: string;
  /** `dropped`: the one who made the subscription may not be told of the event any more. */
  readonly status: Exclude<Delivery["status"], "pending"> | "dropped";
  /** Of the response, where there was one. */
  readonly responseStatus: number | undefined;
  /**
   * Why it was not delivered. `status`: the response was no 2xx. `gone`: it was 410. `permission`: a function of the
   * app's failed. `disabled`: its subscription is. All others are those of a failed attempt: `address`, `resolution`,
   * `connection`, `tls`, `timeout`, `malformed-response`.
   */
  readonly reason: string | undefined;
  /** How many attempts there were. */
  readonly attempts: number;
  /** How long the attempt took, in milliseconds; 0 where there was none. */
  readonly durationMs: number;
  /** How many events of the subscription still wait, as far as is known. */
  readonly waiting: number;
  /** Why the subscription is disabled, where it is and its owner has not done that. */
  readonly disabled: DisabledReason | undefined;
}

/** What is reported of an attempt, now that its outcome is recorded. */
export function outcomeDecision(
  { waiting, result }: EndedAttempt,
  { delivery, subscription, reason }: AttemptOutcome,
  waitingCount: number,
): DeliveryDecision {
  const { event, attempts } = delivery ?? waiting.delivery;
  return {
    kind: "delivery",
    subscription: subscription.id,
    event: event.id,
    type: typePrefix + event.type,
    host: hostOf(subscription.callback),
    status: statusOf(delivery),
    responseStatus: result.kind === "answered" ? result.status : undefined,
    reason,
    attempts,
    durationMs: result.kind === "dropped" ? 0 : result.durationMs,
    waiting: waitingCount,
    disabled: subscription.disabled?.reason,
  };
}

/** What is reported of a delivery that is dead since its subscription is disabled, or was. */
export function endDecision(
  { event, attempts }: Delivery,
  { id, callback, disabled }: Subscription,
  waitingCount: number,
): DeliveryDecision {
  return {
    kind: "delivery",
    subscription: id,
    event: event.id,
    type: typePrefix + event.type,
    host: hostOf(callback),
    status: "dead",
    responseStatus: undefined,
    reason: "disabled",
    attempts,
    durationMs: 0,
    waiting: waitingCount,
    disabled: disabled?.reason,
  };
}

function statusOf(delivery: Delivery | undefined): DeliveryDecision["status"] {
  if (delivery === undefined) return "dropped";
  return delivery.status === "pending" ? "retrying" : delivery.status;
}

const hosts = new WeakMap<Callback, string>();

/** The host of a callback, with its port where that is not the usual one. */
export function hostOf(callback: Callback | undefined): string {
  if (callback === undefined) return "";
  const known = hosts.get(callback) ?? new URL(callback.url).host;
  hosts.set(callback, known);
  return known;
}
