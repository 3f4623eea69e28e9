import type { Commit, Revision } from "@unclash/core";
import type { Counter } from "./counter.js";
import type { Command, SqliteDatabase } from "./driver.js";

/** The rows of `event`: what others may follow. */
export class Events {
  readonly #add: Command;
  readonly #counter: Counter;

  constructor(database: SqliteDatabase, counter: Counter) {
    this.#counter = counter;
    this.#add = database.prepare(
      "INSERT INTO event (position, revision, at, type, key, version, data) VALUES (?, ?, ?, ?, ?, ?, ?)",
    );
  }

  add({ events, at }: Commit, revision: Revision): void {
    for (const { type, key, version = null, data = null } of events) {
      this.#add.run(this.#counter.next(), revision, at, type, key, version, data);
    }
  }
}
