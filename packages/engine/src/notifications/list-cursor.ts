import { eventIdOf } from "./event.js";
import type { NotifiedExchange } from "./notified-exchange.js";

/** How long a list waits for the place, in milliseconds, where its process begins to follow the events for it. */
const waitMs = 100;

/**
 * The header of a list that says from where a stream or poll misses nothing of what comes after the list: the place is
 * taken before the list is read. A list has none where the place can't be told soon: it must not fail, nor wait for
 * long, because the events can't be followed.
 */
export async function listCursor({
  settings: { notifications },
}: NotifiedExchange): Promise<{ readonly "unclash-cursor"?: string }> {
  const place = await notifications?.hub.placeSoon(waitMs);
  return place === undefined ? {} : { "unclash-cursor": eventIdOf(place) };
}
