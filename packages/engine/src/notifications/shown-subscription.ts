import type { JsonObject } from "@unclash/core/json";
import type { Cursor, Moment, Range, StoredRecord } from "@unclash/core/store";
import type { Reader } from "../access/resource-exchange.js";
import { type Delivery, deliveryPrefix, readDelivery } from "./delivery.js";
import type { Subscription } from "./subscription.js";

/** So many deliveries are shown with a subscription. */
const shownDeliveriesMax = 20;

/** A subscription as its owner is shown it: never with its secrets. */
export function shownSubscription(subscription: Subscription, deliveries?: readonly JsonObject[]): JsonObject {
  const { id, resources, types, callback, enabled, disabled, createdAt } = subscription;
  return {
    id,
    resources,
    types,
    ...(callback && { callback: { url: callback.url } }),
    enabled,
    ...(disabled && { disabled: { reason: disabled.reason, at: textOf(disabled.at) } }),
    createdAt: textOf(createdAt),
    ...(deliveries && { deliveries }),
  };
}

/** The same with its latest deliveries. */
export async function withDeliveries(reader: Reader, subscription: Subscription): Promise<JsonObject> {
  if (subscription.callback === undefined) return shownSubscription(subscription, []);
  const { deliveries } = await latestDeliveries(reader, subscription, { limit: shownDeliveriesMax });
  return shownSubscription(subscription, deliveries);
}

/** A delivery as its subscription's owner is shown it: nothing of its receiver's answer but the status. */
export function shownDelivery(delivery: Delivery, subscription: Subscription): JsonObject {
  const { event, attempts, at, responseStatus, durationMs } = delivery;
  const status = waits(delivery, subscription) || isOver(delivery) ? delivery.status : "dead";
  return {
    event: event.id,
    status,
    attempts,
    at: textOf(at),
    ...(responseStatus !== undefined && { responseStatus }),
    ...(durationMs !== undefined && { durationMs }),
  };
}

function isOver({ status }: Delivery): boolean {
  return status === "delivered" || status === "dead";
}

/**
 * Whether another attempt will be made. Not of what was recorded before its subscription was disabled, or enabled anew.
 */
export function waits(delivery: Delivery, { enabled, generation }: Subscription): boolean {
  return !isOver(delivery) && enabled && delivery.generation === generation;
}

/** Which deliveries to read: how many, and those of the events before which one. */
export interface DeliveriesPage {
  readonly limit: number;
  readonly after?: Cursor | undefined;
}

/** So many pages are looked at for one, where most of it has lapsed: it then ends early. */
const pagesMax = 20;

/** A page of the deliveries of a subscription, the latest event first; those that have lapsed are passed over. */
export async function latestDeliveries(
  reader: Reader,
  subscription: Subscription,
  { limit, after }: DeliveriesPage,
): Promise<{ readonly deliveries: readonly JsonObject[]; readonly next: string | undefined }> {
  const prefix = deliveryPrefix(subscription.id);
  const found: StoredRecord[] = [];
  let place = after === undefined ? undefined : prefix + after;
  let pages = 0;
  do {
    const range: Range = {
      prefix,
      descending: true,
      limit: limit - found.length,
      ...(place !== undefined && { after: place }),
    };
    const page = await reader.list(range);
    found.push(...page.records.filter(({ lapsed }) => lapsed !== true));
    place = page.next;
    pages += 1;
  } while (place !== undefined && found.length < limit && pages < pagesMax);
  return {
    deliveries: found.map((record) => shownDelivery(readDelivery(record), subscription)),
    next: place?.slice(prefix.length),
  };
}

function textOf(moment: Moment): string {
  return new Date(moment).toISOString();
}
