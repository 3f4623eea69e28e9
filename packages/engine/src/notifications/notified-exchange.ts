import type { ResourceExchange } from "../access/resource-exchange.js";
import type { EventHub } from "../commits/event-hub.js";
import type { Observer } from "../observing/observer.js";
import type { CollectionSettings } from "../resources/collection-exchange.js";
import type { ConcurrencyQuota } from "./concurrency-quota.js";
import type { NotificationSettings } from "./options.js";
import type { SharedTexts } from "./shared-texts.js";
import type { StreamDecision } from "./stream-decision.js";

/** What an engine tells of what happens by. */
export interface Notifications extends NotificationSettings {
  /** The events of the store, followed once a process. */
  readonly hub: EventHub;
  /** The streams that are open. */
  readonly streams: ConcurrencyQuota;
  /** The polls that wait. */
  readonly waits: ConcurrencyQuota;
  /** What streams are told alike. */
  readonly texts: SharedTexts;
  /** Has whoever delivers to callbacks in this process look at once: there are other subscriptions, or deliveries. */
  readonly deliverSoon: () => void;
  /** Is told how streams end. */
  readonly observe: Observer<StreamDecision> | undefined;
}

/** The settings of an engine, with its notifications. */
export interface NotifiedSettings extends CollectionSettings {
  /** `undefined` where they are turned off. */
  readonly notifications: Notifications | undefined;
}

/** One request for what an engine has, or tells of. */
export type NotifiedExchange = ResourceExchange<NotifiedSettings>;

/** `source` of the events that a caller is told of, unless the app names one: the path of the mount. */
export function eventSource(exchange: NotifiedExchange): string {
  return notificationsOf(exchange).source ?? (exchange.mountPath || "/");
}

/** The notifications of an engine that has them: their routes are there for no other. */
export function notificationsOf({ settings: { notifications } }: NotifiedExchange): Notifications {
  if (notifications === undefined) throw new TypeError("This engine has no notifications.");
  return notifications;
}
