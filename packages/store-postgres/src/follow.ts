import {
  type Cursor,
  type EventPlace,
  formatCursor,
  parseCursor,
  type Reset,
  type StopSignal,
  type StoredEvent,
} from "@unclash/core/store";
import type { Calls } from "./calls.js";
import type { Changes } from "./changes.js";
import { NotUnderstoodError, type PostgresQuery, type Row } from "./driver.js";
import { integerOf, textOf } from "./record.js";
import type { Statements } from "./statements.js";

/** What following needs of the store. */
export interface Followed {
  readonly calls: Calls;
  readonly statements: Statements;
  readonly changes: Changes;
}

/** Before the oldest event that is kept, or behind the newest one that can be seen; else where an event stands. */
type Place = "start" | "now" | EventPlace;

// At most 8 KiB each.
const eventsMax = 200;

// Commits come faster than anybody needs to be told of each: several are fetched at once.
const restMs = 10;

/** The events behind a cursor, and then those to come, until it is stopped or the store is closed. */
export async function* follow(
  after: Cursor,
  stop: StopSignal,
  { calls, statements, changes }: Followed,
): AsyncGenerator<StoredEvent | Reset, void, undefined> {
  const { bell } = changes;
  const isOver = (): boolean => stop.aborted || bell.isSilent;
  const endListening = changes.listen(true);
  try {
    for (let place = placeOf(after); !isOver(); ) {
      const { rings } = bell;
      const asked = place;
      const told = await calls
        .read(() => eventsQuery(asked, statements), toldBy)
        .catch((error: unknown) => {
          if (isOver()) return [];
          throw error;
        });
      for (const each of told) {
        if (isOver()) return;
        place = each.place;
        yield each.event;
      }
      if (told.length < eventsMax) await bell.rung(rings, stop);
      if (!isOver()) await new Promise((resolve) => setTimeout(resolve, restMs));
    }
  } finally {
    endListening();
  }
}

/** The query for the next events behind a place. */
export function eventsQuery(place: Place, statements: Statements): PostgresQuery {
  const values =
    place === "start" ? [-1, 0, null] : place === "now" ? [null, null, null] : [place.position, place.index, place.tag];
  return statements.call("events", [...values, eventsMax]);
}

/** What a cursor means. One that says nothing is no place of this log: it goes on where `now` would. */
export function placeOf(cursor: Cursor): Place {
  return cursor === "start" || cursor === "now" ? cursor : (parseCursor(cursor) ?? "now");
}

function toldBy(rows: readonly Row[]): readonly { readonly place: Place; readonly event: StoredEvent | Reset }[] {
  return rows.map((row) => {
    if (row.length !== 9 || (row[0] !== "event" && row[0] !== "reset")) throw new NotUnderstoodError();
    const cursor = cursorIn(row);
    return { place: placeOf(cursor), event: row[0] === "reset" ? { reset: cursor } : eventIn(row, cursor) };
  });
}

/** Of a long tag it holds the beginning: whoever goes on behind it, this follower too, asks by that. */
function cursorIn([, revision, n, tag]: Row): Cursor {
  return formatCursor({ position: integerOf(revision), index: integerOf(n), tag: textOf(tag) });
}

function eventIn([, revision, , tag, at, type, key, version, data]: Row, cursor: Cursor): StoredEvent {
  return {
    cursor,
    revision: integerOf(revision),
    tag: textOf(tag),
    at: integerOf(at),
    type: textOf(type),
    key: textOf(key),
    ...(version !== null && version !== undefined && { version: integerOf(version) }),
    ...(data !== null && data !== undefined && { data }),
  };
}
