import {
  type Bell,
  type Cursor,
  parseCursor,
  type Reset,
  type StopSignal,
  type StoredEvent,
} from "@unclash/core/store";
import type { EventLog, Place } from "./events.js";

/** The events behind `after`, and then those to come. Between two of them it holds nothing but its place. */
export async function* follow(
  after: Cursor,
  events: EventLog,
  bell: Bell,
  stop: StopSignal,
): AsyncGenerator<StoredEvent | Reset, void, undefined> {
  let place = after === "start" ? events.start : placeOf(after);
  while (!stop.aborted && !bell.isSilent) {
    // What it was to go on after may have been dropped while its reader took its time.
    if (!events.reachesBackTo(place)) {
      place = events.end;
      yield { reset: place.cursor };
      continue;
    }
    const event = events.after(place.position);
    if (event === undefined) {
      await bell.rung(bell.rings, stop);
      continue;
    }
    place = placeOf(event.cursor);
    yield event;
  }
}

// What is no cursor at all gets a position that no event ever had.
function placeOf(cursor: Cursor): Place {
  return { position: parseCursor(cursor)?.position ?? -1, cursor };
}
