import { DatabaseSync, type DatabaseSyncInstance, type StatementSyncInstance } from "@photostructure/sqlite";
import { editsOf } from "../article.js";

const rows = 50;
const textOf = editsOf("1 KB");
let edit = 0;

/** What one would write by hand: a table with a version, and an UPDATE that names it, each with an fsync of its own. */
export class BareTable {
  readonly #database: DatabaseSyncInstance;
  readonly #update: StatementSyncInstance;
  readonly #versions: number[] = Array.from({ length: rows }, () => 1);
  #next = 0;

  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    // The pragmas of the store, so that both copy their write-ahead log into the file as rarely.
    this.#database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA wal_autocheckpoint = 4000;
      CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT NOT NULL, version INTEGER NOT NULL) STRICT;
    `);
    const insert = this.#database.prepare("INSERT INTO t (id, body, version) VALUES (?, ?, 1)");
    for (let id = 0; id < rows; id++) insert.run(id, textOf(++edit));
    this.#update = this.#database.prepare("UPDATE t SET body = ?, version = version + 1 WHERE id = ? AND version = ?");
  }

  /** The driver blocks: however many writers wait, one UPDATE runs after the other. */
  updatesPerSecond(updates: number): number {
    const startedAt = performance.now();
    for (let done = 0; done < updates; done++) this.update();
    return (updates * 1_000) / (performance.now() - startedAt);
  }

  /** Updates the next row over the version that it is known to have. */
  update(): void {
    const id = this.#next++ % rows;
    const version = this.#versions[id] ?? 0;
    if (this.#update.run(textOf(++edit), id, version).changes !== 1)
      throw new Error("An UPDATE found another version.");
    this.#versions[id] = version + 1;
  }

  close(): void {
    this.#database.close();
  }
}
