import {
  type Commit,
  type Cursor,
  formatCursor,
  type Moment,
  parseCursor,
  type Reset,
  type Revision,
  type StoredEvent,
  type Tag,
  type Text,
} from "@unclash/core/store";
import type { Counter } from "./counter.js";
import { type Command, type Query, query, type SqliteDatabase } from "./driver.js";

interface Row {
  readonly position: number;
  readonly revision: Revision;
  readonly at: Moment;
  readonly type: string;
  readonly key: string;
  readonly version: number | null;
  readonly data: Text | null;
  readonly tag: Tag;
}

interface Place {
  readonly position: number;
  readonly tag: Tag;
}

/** Some events in a row, or that those behind a place are not all there. */
export type EventPage = { readonly events: readonly StoredEvent[] } | Reset;

/** The rows of `event`: what others may follow. */
export class Events {
  readonly #add: Command;
  readonly #counter: Counter;
  readonly #after: Query<Row>;
  readonly #at: Query<Place>;
  readonly #newest: Query<Place>;
  readonly #removed: Query<Place>;

  constructor(database: SqliteDatabase, counter: Counter) {
    this.#counter = counter;
    this.#add = database.prepare(
      "INSERT INTO event (position, revision, at, type, key, version, data, tag) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    );
    this.#after = query(database, "SELECT * FROM event WHERE position > ? ORDER BY position LIMIT ?");
    this.#at = query(database, "SELECT position, tag FROM event WHERE position = ?");
    this.#newest = query(database, "SELECT position, tag FROM event ORDER BY position DESC LIMIT 1");
    this.#removed = query(
      database,
      "SELECT eventsRemoved AS position, eventsRemovedTag AS tag FROM counter WHERE id = 1",
    );
  }

  add({ events, at, tag }: Commit, revision: Revision): void {
    for (const { type, key, version = null, data = null } of events) {
      this.#add.run(this.#counter.next(), revision, at, type, key, version, data, tag);
    }
  }

  /** The place before the oldest event that is kept. */
  start(): Cursor {
    return cursorOf(this.#oldestPlace());
  }

  /** The events behind a place, at most `limit`. Call it in a read transaction. */
  page(after: Cursor, limit: number): EventPage {
    const place = this.#placeOf(after);
    if (place === undefined) return { reset: cursorOf(this.#newest.get() ?? this.#oldestPlace()) };
    return { events: this.#after.all(place.position, limit).map(eventOf) };
  }

  // The place, where the log reaches back to it: that of an event that is kept, or of the newest that was removed.
  #placeOf(after: Cursor): Place | undefined {
    const position = parseCursor(after)?.position;
    if (position === undefined) return undefined;
    const place = this.#at.get(position) ?? this.#oldestPlace();
    return cursorOf(place) === after ? place : undefined;
  }

  #oldestPlace(): Place {
    const place = this.#removed.get();
    if (place === undefined) throw new Error("The file has lost its counter.");
    return place;
  }
}

function cursorOf({ position, tag }: Place): Cursor {
  return formatCursor({ position, index: 0, tag });
}

function eventOf({ version, data, type, key, ...row }: Row): StoredEvent {
  return {
    type,
    key,
    ...(version !== null && { version }),
    ...(data !== null && { data }),
    cursor: cursorOf(row),
    revision: row.revision,
    tag: row.tag,
    at: row.at,
  };
}
