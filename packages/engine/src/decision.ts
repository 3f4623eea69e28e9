import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { RequestDecision } from "./access/request-decision.js";
import type { HousekeepingDecision } from "./commits/housekeeping-report.js";
import type { StreamDecision } from "./notifications/stream-decision.js";
import type { DeliveryDecision } from "./notifications/webhooks/delivery-report.js";
import { type AnyDecision, callObserver, decisionChannel } from "./observing/observer.js";

/**
 * What observers are called with: a union, told apart by `kind`. A minor release may add kinds, so let a `switch` pass
 * over those that it does not know: `assertNever` in its `default` is for the compiler alone.
 *
 * @template Native the framework's request
 */
export type Decision<Native = unknown> =
  | RequestDecision<Native>
  | StreamDecision
  | HousekeepingDecision
  | DeliveryDecision;

/**
 * Observes every decision of this process, whichever engine or guard made it: the diagnostics channel
 * `unclash:decision`, with types. What the observer throws is a warning of the process
 * (`UNCLASH_OBSERVER_FAILED`); of a plain subscriber of the channel it would end the process.
 *
 * @returns ends the observation
 * @example
 * const end = onDecision((decision) => {
 *   if (decision.kind === "request") log.info(decision.outcome);
 * });
 */
export function onDecision(observer: (decision: Decision) => void): () => void {
  const listener = (message: unknown): void => {
    if (isDecision(message)) callObserver("onDecision", observer, message);
  };
  subscribe(decisionChannel, listener);
  return () => void unsubscribe(decisionChannel, listener);
}

/** Only unclash publishes on its channel; of another version of it there may be kinds that this one does not know. */
function isDecision(message: unknown): message is Decision {
  const decision: Partial<AnyDecision> = Object(message);
  return typeof decision.kind === "string";
}
