import type { Command, SqliteDatabase } from "./driver.js";

/**
 * The transactions of one connection. All that happens in one is synchronous: nothing else of this process can run
 * between its begin and its end, so a read never sees what a group has written and not yet committed.
 */
export class Transactions {
  readonly #beginReading: Command;
  readonly #beginWriting: Command;
  readonly #commit: Command;
  readonly #rollBack: Command;

  constructor(database: SqliteDatabase) {
    this.#beginReading = database.prepare("BEGIN");
    this.#beginWriting = database.prepare("BEGIN IMMEDIATE");
    this.#commit = database.prepare("COMMIT");
    this.#rollBack = database.prepare("ROLLBACK");
  }

  /** Runs several statements on one view of the data. */
  reading<T>(read: () => T): T {
    this.#beginReading.run();
    try {
      return read();
    } finally {
      this.rollBack();
    }
  }

  /** Runs some writes, all or none. */
  writing<T>(write: () => T): T {
    this.begin();
    try {
      const written = write();
      this.commit();
      return written;
    } catch (error) {
      this.rollBack();
      throw error;
    }
  }

  /** Takes the write lock, or throws SQLITE_BUSY at once. */
  begin(): void {
    this.#beginWriting.run();
  }

  commit(): void {
    this.#commit.run();
  }

  /** Where SQLite has rolled back by itself, as it does when the disk fails, there is nothing left to roll back. */
  rollBack(): void {
    try {
      this.#rollBack.run();
    } catch {}
  }
}
