import type { Key, StoredEvent, Tag } from "@unclash/core/store";
import { eventIdOf } from "../event.js";
import { matches } from "../event-filter.js";
import type { Subscription } from "../subscription.js";

/** What was sent to a subscription's receiver. */
export interface Arrival {
  readonly subscription: string;
  readonly id: string;
  readonly key: Key;
}

/** What happened in a run. */
export interface DeliveryHistory {
  /** All events of the log. */
  readonly events: readonly StoredEvent[];
  /** The tags of the changes that were made, in the order in which they were begun. */
  readonly changes: readonly Tag[];
  readonly subscribed: readonly {
    /** As it was made. */
    readonly subscription: Subscription;
    /** How many changes had been begun when it was there. */
    readonly after: number;
    /** It was disabled in the end. */
    readonly isDisabled: boolean;
  }[];
  readonly arrivals: readonly Arrival[];
}

/** What is wrong with a history, whoever has delivered and whatever happened to them. */
export function faultsInHistory({ events, changes, subscribed, arrivals }: DeliveryHistory): readonly string[] {
  const byId = new Map(events.map((event) => [eventIdOf(event.cursor), event]));
  const faults: string[] = [];
  for (const { subscription, after, isDisabled } of subscribed) {
    const { id, from } = subscription;
    const own = arrivals.filter((arrival) => arrival.subscription === id);
    const sent = new Set(own.map((arrival) => arrival.id));
    const isNew = new Set(changes.slice(after));
    const missing = events.filter(
      (event) => isNew.has(event.tag) && matches(subscription, event) && !sent.has(eventIdOf(event.cursor)),
    );
    if (missing.length > 0 && !isDisabled) faults.push(`${id} was not sent ${missing.length} events`);
    for (const eventId of sent) {
      const event = byId.get(eventId);
      if (event === undefined) faults.push(`${id} was sent ${eventId}, which is no event's id`);
      else if (event.cursor <= from || !matches(subscription, event))
        faults.push(`${id} was sent ${event.key}, which it did not want`);
    }
    faults.push(...disorderIn(id, own));
  }
  return faults;
}

/** What was sent first of a resource after something that is later. */
function disorderIn(subscription: string, own: readonly Arrival[]): readonly string[] {
  const last = new Map<Key, string>();
  const seen = new Set<string>();
  const faults: string[] = [];
  for (const { id, key } of own) {
    if (seen.has(id)) continue;
    seen.add(id);
    const before = last.get(key) ?? "";
    if (id < before) faults.push(`${subscription} was sent ${id} of ${key} after ${before}`);
    else last.set(key, id);
  }
  return faults;
}
