import { setImmediate } from "node:timers/promises";
import type { Bell, Cursor, Reset, StopSignal, StoredEvent } from "@unclash/core/store";
import { patiently } from "./busy.js";
import type { OtherConnections } from "./other-connections.js";
import type { Tables } from "./tables.js";

// With the most data that they may have, some 1 MiB: reading them holds the event loop for a few milliseconds at most.
const pageLength = 128;

/** What followers read, and what wakes them. */
export interface Followed {
  readonly tables: Tables;
  /** Rings when there may be more, and is silent once the store is closed. */
  readonly bell: Bell;
  readonly others: OtherConnections;
  readonly timeoutMs: number;
}

/**
 * The events behind `after`, and then those to come. Reads a page at a time, and waits for the bell where there is
 * none.
 */
export async function* follow(
  after: Cursor,
  { tables: { events, transactions }, bell, others, timeoutMs }: Followed,
  stop: StopSignal,
): AsyncGenerator<StoredEvent | Reset, void, undefined> {
  const isOver = (): boolean => stop.aborted || bell.isSilent;
  // Once it is over nothing is read any more, also where the file was locked until then.
  const read = <T>(attempt: () => T): Promise<T | undefined> =>
    patiently(() => (isOver() ? undefined : transactions.reading(attempt)), timeoutMs);
  if (isOver()) return;
  const endListening = others.listen(true);
  try {
    for (let place = after; ; ) {
      const { rings } = bell;
      const page = await read(() => {
        if (place === "start") place = events.start();
        return events.page(place, pageLength);
      });
      if (page === undefined) return;
      if ("reset" in page) {
        place = page.reset;
        yield page;
        continue;
      }
      for (const event of page.events) {
        if (isOver()) return;
        place = event.cursor;
        yield event;
      }
      // Others get their turn between two pages.
      if (page.events.length === pageLength) await setImmediate();
      else await bell.rung(rings, stop);
    }
  } finally {
    endListening();
  }
}
