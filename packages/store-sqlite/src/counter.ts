import { type Command, type Query, query, type SqliteDatabase } from "./driver.js";

/**
 * Gives the numbers of a group of commits: revisions, positions and ids, none of them twice in the life of the file.
 * They are counted in memory while the group holds the write lock, and saved with it.
 */
export class Counter {
  readonly #get: Query<{ readonly last: number }>;
  readonly #set: Command;
  #saved = 0;
  #last = 0;

  constructor(database: SqliteDatabase) {
    this.#get = query(database, "SELECT last FROM counter WHERE id = 1");
    this.#set = database.prepare("UPDATE counter SET last = ? WHERE id = 1");
  }

  /** Call this first in a write transaction: other processes count too. */
  load(): void {
    const row = this.#get.get();
    if (row === undefined) throw new Error("The file has lost its counter.");
    this.#saved = row.last;
    this.#last = row.last;
  }

  next(): number {
    return ++this.#last;
  }

  /** Call this last in a write transaction. */
  save(): void {
    if (this.#last !== this.#saved) this.#set.run(this.#last);
  }
}
