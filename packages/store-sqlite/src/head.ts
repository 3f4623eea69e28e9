import { depthOf, type Key, type Text } from "@unclash/core/store";
import { type Command, type Query, query, type SqliteDatabase } from "./driver.js";
import type { Sized, State } from "./state.js";

/** The current state of a key: a row of `head`. */
export interface Head extends State {
  readonly key: Key;
  /** Where in the log its text stands; `null` where no past states are kept. */
  readonly position: number | null;
  /** How many past states to keep; both this and `keepAgeMs` are `null` where all are kept. */
  readonly keepCount: number | null;
  readonly keepAgeMs: number | null;
  /** When `clean` should look at the past states; 0 as soon as it can. */
  readonly cleanAt: number | null;
  /** The index values as JSON (see claims.ts). */
  readonly claims: string | null;
  /** The text, where it does not stand in the log. */
  readonly body: Text | null;
}

/** A head with its text, wherever that stands. */
export interface HeadWithText extends Head {
  readonly text: Text | null;
}

/** A head in a list: its text is not loaded, only measured. */
export interface ListedHead extends State, Sized {
  readonly key: Key;
}

/**
 * The columns of {@link ListedHead}. The first parameter is 1 where texts are asked for. SQLite takes `octet_length` of
 * a column from the head of its row, so that no text is loaded; of anything else than a column it would load it.
 */
export const listedHeadColumns = `head.id, head.key, head.version, head.revision, head.tag, head.deleted,
  head.createdAt, head.modifiedAt, head.lapsesAt, head.actor, head.cause,
  CASE WHEN ? = 1 THEN coalesce(octet_length(head.body),
  (SELECT octet_length(log.text) FROM log WHERE log.position = head.position)) END AS size`;

// A head's text, wherever it stands.
const headText = "coalesce(head.body, (SELECT log.text FROM log WHERE log.position = head.position)) AS text";

/** The rows of `head`, by key. */
export class Heads {
  readonly #get: Query<Head>;
  readonly #getWithText: Query<HeadWithText>;
  readonly #text: Query<{ readonly text: Text | null }>;
  readonly #insert: Command;
  readonly #update: Command;
  readonly #setDeleted: Command;
  readonly #remove: Command;

  constructor(database: SqliteDatabase) {
    this.#get = query(database, "SELECT * FROM head WHERE key = ?");
    this.#getWithText = query(database, `SELECT *, ${headText} FROM head WHERE key = ?`);
    this.#text = query(database, `SELECT ${headText} FROM head WHERE id = ?`);
    this.#insert = database.prepare(
      `INSERT INTO head (version, revision, position, tag, createdAt, modifiedAt, lapsesAt, actor, cause,
        keepCount, keepAgeMs, cleanAt, claims, body, id, key, depth, deleted)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    // `deleted` is not among them: naming it would rewrite an entry of headLiving with each update.
    this.#update = database.prepare(
      `UPDATE head SET version = ?, revision = ?, position = ?, tag = ?, createdAt = ?, modifiedAt = ?, lapsesAt = ?,
        actor = ?, cause = ?, keepCount = ?, keepAgeMs = ?, cleanAt = ?, claims = ?, body = ?
      WHERE id = ?`,
    );
    this.#setDeleted = database.prepare("UPDATE head SET deleted = ? WHERE id = ?");
    this.#remove = database.prepare("DELETE FROM head WHERE id = ?");
  }

  get(key: Key): Head | undefined {
    return this.#get.get(key);
  }

  getWithText(key: Key): HeadWithText | undefined {
    return this.#getWithText.get(key);
  }

  /** The text of a head. Whoever asks for several after a list does so in the same transaction. */
  textOf(id: number): Text | null {
    return this.#text.get(id)?.text ?? null;
  }

  /** Puts `next` in the place of `before`, which is what `get` gave in the same transaction. */
  save(next: Head, before: Head | undefined): void {
    const values = [
      next.version,
      next.revision,
      next.position,
      next.tag,
      next.createdAt,
      next.modifiedAt,
      next.lapsesAt,
      next.actor,
      next.cause,
      next.keepCount,
      next.keepAgeMs,
      next.cleanAt,
      next.claims,
      next.body,
      next.id,
    ];
    if (before === undefined) {
      this.#insert.run(...values, next.key, depthOf(next.key), next.deleted);
      return;
    }
    this.#update.run(...values);
    if (next.deleted !== before.deleted) this.#setDeleted.run(next.deleted, next.id);
  }

  remove(head: Head): void {
    this.#remove.run(head.id);
  }
}
