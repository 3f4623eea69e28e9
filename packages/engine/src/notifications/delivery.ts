import { StoreError } from "@unclash/core";
import type { IndexValue, Key, Moment, StoredRecord, Text, Write } from "@unclash/core/store";
import { internalRecords } from "../commits/internal-records.js";
import type { RecordedEvent } from "./event.js";
import type { Subscription } from "./subscription.js";

/** An event that is to be sent to a subscription's callback, or was. */
export interface Delivery {
  readonly subscription: string;
  readonly event: RecordedEvent;
  /** `pending`: no attempt was made yet. `dead`: none will be made any more. */
  readonly status: "pending" | "retrying" | "delivered" | "dead";
  /** How many attempts have ended. */
  readonly attempts: number;
  /** When it was recorded, or its last attempt ended. */
  readonly at: Moment;
  /** When it was recorded, or sent again by its owner's wish: it is tried for a day from then. */
  readonly since: Moment;
  /** How long it has been tried, from the end of the first attempt to that of the last, in milliseconds. */
  readonly triedMs?: number;
  /** When the next attempt is due; absent where none is, or one is due at once. */
  readonly dueAt?: Moment;
  readonly responseStatus?: number;
  readonly durationMs?: number;
  /** That of its subscription as it was recorded: one of an earlier generation is dead. */
  readonly generation: number;
}

/** A delivery that is to be made from this moment on, as if none of its event had been tried. */
export function newDelivery(
  { id, generation }: Pick<Subscription, "id" | "generation">,
  event: RecordedEvent,
  at: Moment,
): Delivery {
  return { subscription: id, event, status: "pending", attempts: 0, at, since: at, generation };
}

/** Below it stand the deliveries of a subscription, in the order of their events. */
export function deliveryPrefix(subscription: string): Key {
  return `${internalRecords.deliveries.prefix}${subscription}/`;
}

export function deliveryKey(subscription: string, event: string): Key {
  return deliveryPrefix(subscription) + event;
}

/** Whether a text can be the id of an event that is delivered: no other may become part of a key. */
export function isDeliveryEvent(text: string): boolean {
  return /^[\w~-]{1,255}$/.test(text);
}

/** The name of the index under which the deliveries stand that are not over, by their subscription. */
export const waitingIndex = "_delivery.waiting";

/** How long one that waits may stay, in milliseconds, where nobody delivers it: its subscription was deleted, say. */
const waitingTtlMs = 8 * 24 * 3_600_000;

/** The write of a delivery's record: one that is over lapses after `keepMs`. */
export function deliveryWrite(
  delivery: Delivery,
  expect: Write["expect"],
  keepMs: number,
): Write & { readonly put: Text } {
  const isWaiting = delivery.status === "pending" || delivery.status === "retrying";
  const index: readonly IndexValue[] = isWaiting ? [{ name: waitingIndex, value: delivery.subscription }] : [];
  return {
    key: deliveryKey(delivery.subscription, delivery.event.id),
    expect,
    put: JSON.stringify({ format, ...delivery }),
    keep: "none",
    ttlMs: isWaiting ? waitingTtlMs : keepMs,
    index,
  };
}

const format = 1;

/**
 * Reads a record.
 *
 * @throws StoreError for a text that this release has not written
 */
export function readDelivery({ text }: Pick<StoredRecord, "text">): Delivery {
  const value: unknown = JSON.parse(text ?? "null");
  if (isDelivery(value)) return value;
  throw new StoreError("The record of a delivery is none that this release has written.", "not-applied");
}

/** What this release has written needs no closer look. */
function isDelivery(value: unknown): value is Delivery {
  return typeof value === "object" && value !== null && Reflect.get(value, "format") === format;
}
