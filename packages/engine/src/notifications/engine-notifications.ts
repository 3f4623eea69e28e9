import type { Store } from "@unclash/core/store";
import type { Authorize } from "../access/authorize.js";
import { type EventHub, eventHubOf } from "../commits/event-hub.js";
import { housekeepingOf } from "../commits/housekeeping.js";
import type { Lifecycle } from "../commits/lifecycle.js";
import { processPace } from "../commits/pace.js";
import { isObserved, type Observer, publish } from "../observing/observer.js";
import type { CollectionSettings } from "../resources/collection-exchange.js";
import { ConcurrencyQuota } from "./concurrency-quota.js";
import type { Notifications } from "./notified-exchange.js";
import { type NotificationOptions, type NotificationSettings, resolveNotifications } from "./options.js";
import { SharedTexts } from "./shared-texts.js";
import type { StreamDecision } from "./stream-decision.js";
import { lapsedTickets } from "./stream-ticket.js";
import { Deliverer } from "./webhooks/deliverer.js";
import type { DeliveryDecision } from "./webhooks/delivery-report.js";
import { lapsedDeliveries } from "./webhooks/lapsed-deliveries.js";
import { createCallbackSender } from "./webhooks/send-callback.js";

/** The engine that tells. */
export interface TellingEngine extends Pick<CollectionSettings, "collections" | "versioned"> {
  readonly store: Store;
  readonly lifecycle: Lifecycle;
  readonly authorize: Authorize;
  readonly observe: Observer<StreamDecision | DeliveryDecision> | undefined;
}

/**
 * What an engine tells by, as long as it is started: its hub follows no more once all engines of the store have
 * drained.
 *
 * @throws ConfigurationError that names the option that can't be
 */
export function notificationsFor(
  given: NotificationOptions | false | undefined,
  engine: TellingEngine,
): Notifications | undefined {
  const { store, lifecycle, observe } = engine;
  const housekeeping = housekeepingOf(store);
  // Also where it is turned off: what is there from before is to lapse.
  for (const kind of [lapsedTickets, ...lapsedDeliveries]) housekeeping.register(kind);
  const settings = resolveNotifications(given);
  if (settings === undefined) return undefined;
  const hub = eventHubOf(store);
  const leave = hub.join();
  lifecycle.add({ name: "following events", drain: async () => leave() });
  const deliverer = delivererFor(settings, hub, engine);
  lifecycle.add({ name: "deliveries", start: () => deliverer.start(), drain: () => deliverer.stop() });
  const { streamsPerClientMax: perNameMax, streamsMax: max } = settings.limits;
  return Object.freeze({
    ...settings,
    hub,
    streams: new ConcurrencyQuota({ perNameMax, max }),
    waits: new ConcurrencyQuota({ perNameMax, max }),
    texts: new SharedTexts(),
    deliverSoon: () => deliverer.wake(),
    observe,
  });
}

/** Has events delivered to callbacks. */
function delivererFor(
  { limits, actorOf, allowPrivateCallbacks }: NotificationSettings,
  hub: EventHub,
  { store, authorize, collections, versioned, observe }: TellingEngine,
): Deliverer {
  return new Deliverer({
    store,
    hub,
    limits,
    attempts: { authorize, collections, versioned, actorOf },
    createSender: () =>
      createCallbackSender({
        allowPrivateCallbacks,
        timeoutMs: limits.attemptMsMax,
        socketsPerHostMax: limits.attemptsPerHostMax,
      }),
    pace: processPace,
    report: (makeDecision) => {
      if (isObserved(observe)) publish(observe, makeDecision());
    },
  });
}
