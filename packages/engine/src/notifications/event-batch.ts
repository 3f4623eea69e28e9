import type { Cursor, Text } from "@unclash/core/store";
import type { EventHub } from "../commits/event-hub.js";
import type { EventReader } from "./event-reader.js";

/** Events that a poll is answered with. */
export interface EventBatch {
  /** As JSON texts. */
  readonly items: readonly Text[];
  /** The place to go on from. */
  readonly next: Cursor;
  /** Events behind the place that was asked for may be missing. */
  readonly isReset: boolean;
  /** All that is there was looked at. */
  readonly isAtEnd: boolean;
}

/** Where a batch ends. */
export interface BatchBounds {
  readonly limit: number;
  /** Events that are looked at, at most. */
  readonly scanMax: number;
  /** It ends with the item that brings it there. */
  readonly bytesMax: number;
}

/** So many events are read together. */
const pageMax = 256;

/**
 * The events behind a place that a client is told of.
 *
 * @param after nothing means the oldest event that is kept
 * @throws StoreError where the store failed
 */
export async function nextBatch(
  hub: EventHub,
  reader: EventReader,
  after: Cursor | undefined,
  { limit, scanMax, bytesMax }: BatchBounds,
): Promise<EventBatch> {
  const items: Text[] = [];
  let [place, left, bytes] = [after ?? "start", scanMax, 0];
  // Where nothing is there yet, the beginning is no place that a client could go on from.
  const end = await hub.place();
  const batch = (isAtEnd: boolean, isReset = false): EventBatch => {
    return { items, next: place === "start" ? end : place, isReset, isAtEnd };
  };
  while (left > 0) {
    const page = await hub.read(place, Math.min(left, pageMax));
    if (page.kind === "reset") {
      // What was found comes first: whoever goes on from behind it learns of the reset then.
      if (items.length === 0) place = page.next;
      return batch(false, items.length === 0);
    }
    if (page.events.length === 0) return batch(true);
    for (const shared of page.events) {
      const event = await reader.disclose(shared);
      place = shared.stored.cursor;
      left -= 1;
      if (event === undefined) continue;
      const text = reader.writer.json(event.shown, event.disclosure);
      bytes += Buffer.byteLength(text);
      items.push(text);
      if (items.length >= limit || bytes >= bytesMax) return batch(false);
    }
  }
  return batch(false);
}
