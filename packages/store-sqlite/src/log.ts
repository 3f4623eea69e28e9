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
      FROM log WHERE id = ? AND version < ? AND modifiedAt <= ? ORDER BY version DESC LIMIT ?`,
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

  /** The states before a version, of at most this modification time, the newest first; with `texts`, measured. */
  page(id: number, before: Version, at: Moment, limit: number, texts: boolean): readonly ListedState[] {
    return this.#page.all(texts ? 1 : 0, id, before, at, limit);
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
