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
import { type Changes, pollMs } from "./changes.js";
import { NotUnderstoodError, type PostgresQuery, type Row } from "./driver.js";
import { integerOf, textOf } from "./record.js";
import type { Statements } from "./statements.js";

/** What following needs of the store. */
export interface Followed {
  readonly calls: Calls;
  readonly statements: Statements;
  readonly changes: Changes;
  readonly isClosed: () => boolean;
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
  { calls, statements, changes, isClosed }: Followed,
): AsyncGenerator<StoredEvent | Reset, void, undefined> {
  const bell = new Bell();
  const ring = (): void => bell.ring();
  const isOver = (): boolean => stop.aborted || isClosed();
  const unsubscribe = changes.subscribe(ring, ring);
  stop.addEventListener("abort", ring);
  try {
    for (let place = placeOf(after); !isOver(); ) {
      bell.clear();
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
      if (told.length < eventsMax && !isOver()) await bell.rung(pollMs);
      if (!isOver()) await new Promise((resolve) => setTimeout(resolve, restMs));
    }
  } finally {
    unsubscribe();
    stop.removeEventListener("abort", ring);
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

function toldBy(rows: readonly Row[]): readonly { readonly place: EventPlace; readonly event: StoredEvent | Reset }[] {
  return rows.map((row) => {
    if (row.length !== 9 || (row[0] !== "event" && row[0] !== "reset")) throw new NotUnderstoodError();
    const place = placeIn(row);
    return { place, event: row[0] === "reset" ? { reset: formatCursor(place) } : eventIn(row, place) };
  });
}

function placeIn([, revision, n, tag]: Row): EventPlace {
  return { position: integerOf(revision), index: integerOf(n), tag: textOf(tag) };
}

function eventIn([, revision, , tag, at, type, key, version, data]: Row, place: EventPlace): StoredEvent {
  return {
    cursor: formatCursor(place),
    revision: integerOf(revision),
    tag: textOf(tag),
    at: integerOf(at),
    type: textOf(type),
    key: textOf(key),
    ...(version !== null && version !== undefined && { version: integerOf(version) }),
    ...(data !== null && data !== undefined && { data }),
  };
}

/** Rung by whoever has news, heard by one who waits. */
class Bell {
  #isRung = false;
  #hear: (() => void) | undefined;

  clear(): void {
    this.#isRung = false;
  }

  ring(): void {
    this.#isRung = true;
    this.#hear?.();
  }

  /** Returns once it was rung since it was cleared, or after some time. */
  async rung(waitMs: number): Promise<void> {
    if (this.#isRung) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, waitMs);
      this.#hear = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#hear = undefined;
  }
}
