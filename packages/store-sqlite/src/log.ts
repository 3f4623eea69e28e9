import type { Moment, Tag, Text, Version } from "@unclash/core/store";
import { type Command, type Query, query, type SqliteDatabase } from "./driver.js";
import type { Sized, State } from "./state.js";

/** A state of a key, with its text: a row of `log`. */
export interface LoggedState extends State {
  readonly position: number;
  readonly text: Text | null;
}

/** A state of a key in a history: its text is not loaded, only measured. */
export interface ListedState extends State, Sized {
  readonly position: number;
}

/** The rows of `log`: the states of all keys whose past is kept. */
export class Log {
  readonly #add: Command;
  readonly #get: Query<LoggedState>;
  readonly #page: Query<ListedState>;
  readonly #newest: Query<{ readonly version: Version; readonly modifiedAt: Moment }>;
  readonly #text: Query<{ readonly text: Text | null }>;
  readonly #redact: Command;
  readonly #extend: Command;
  readonly #forget: Command;

  constructor(database: SqliteDatabase) {
    this.#add = database.prepare(
      `INSERT INTO log
        (position, id, version, revision, tag, deleted, createdAt, modifiedAt, lapsesAt, actor, cause, text)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#get = query(database, "SELECT * FROM log WHERE id = ? AND version = ?");
    this.#page = query(
      database,
      `SELECT position, id, version, revision, tag, deleted, createdAt, modifiedAt, lapsesAt, actor, cause,
        CASE WHEN ? = 1 THEN octet_length(text) END AS size
      FROM log WHERE id = ? AND version < ? ORDER BY version DESC LIMIT ?`,
    );
    this.#newest = query(
      database,
      "SELECT version, modifiedAt FROM log WHERE id = ? AND version < ? ORDER BY version DESC LIMIT 1",
    );
    this.#text = query(database, "SELECT text FROM log WHERE position = ?");
    this.#redact = database.prepare("UPDATE log SET text = ?, tag = ? WHERE position = ?");
    this.#extend = database.prepare("UPDATE log SET lapsesAt = ? WHERE position = ?");
    this.#forget = database.prepare("INSERT INTO forgotten (id) VALUES (?)");
  }

  add(position: number, state: State, text: Text | null): void {
    this.#add.run(
      position,
      state.id,
      state.version,
      state.revision,
      state.tag,
      state.deleted,
      state.createdAt,
      state.modifiedAt,
      state.lapsesAt,
      state.actor,
      state.cause,
      text,
    );
  }

  get(id: number, version: Version): LoggedState | undefined {
    return this.#get.get(id, version);
  }

  /** The states before a version, the newest first; with `texts`, measured. */
  page(id: number, before: Version, limit: number, texts: boolean): readonly ListedState[] {
    return this.#page.all(texts ? 1 : 0, id, before, limit);
  }

  /**
   * The version before which all states of a key were there at a moment, and from which on none was. Times never fall
   * with versions, so it is searched for: a look at each state would cost as many rows as there are newer ones.
   */
  endAt(id: number, before: Version, at: Moment): Version {
    let [there, later] = [0, before];
    while (later - there > 1) {
      const middle = Math.floor((there + later) / 2);
      const newest = this.#newest.get(id, middle + 1);
      // Versions may be missing, where no past was kept for a while.
      if (newest === undefined || newest.version <= there || newest.modifiedAt <= at) there = middle;
      else later = newest.version;
    }
    return later;
  }

  /** The text at a position. Whoever asks for several after `page` does so in the same transaction. */
  textAt(position: number): Text | null {
    return this.#text.get(position)?.text ?? null;
  }

  redact(position: number, text: Text, tag: Tag): void {
    this.#redact.run(text, tag, position);
  }

  extend(position: number, lapsesAt: Moment): void {
    this.#extend.run(lapsesAt, position);
  }

  /** Leaves the rows of a head that is removed to `clean`: there may be any number. */
  forget(id: number): void {
    this.#forget.run(id);
  }
}
