import { createRequire } from "node:module";

/** The part of a connection that the table uses. */
export interface SqliteConnection {
  exec(sql: string): unknown;
  prepare(sql: string): {
    get(...values: (string | number | null)[]): unknown;
    all(...values: (string | number | null)[]): unknown[];
  };
  close(): unknown;
}

type ConnectionClass = new (file: string) => SqliteConnection;

/**
 * Opens a connection by the very library that `@unclash/sqlite` uses in this runtime: the built-in one, or
 * `@photostructure/sqlite` on Node 20. Two copies of SQLite in one process must not open the same file: as one of them
 * closes it, the operating system drops the locks of the other (sqlite.org/howtocorrupt.html §2.2.1).
 */
export function openConnection(file: string): SqliteConnection {
  const driver: unknown =
    process.getBuiltinModule("node:sqlite") ?? createRequire(import.meta.url)("@photostructure/sqlite");
  if (!hasConnectionClass(driver)) throw new TypeError("The driver of SQLite has no DatabaseSync.");
  return new driver.DatabaseSync(file);
}

function hasConnectionClass(driver: unknown): driver is { readonly DatabaseSync: ConnectionClass } {
  return typeof driver === "object" && driver !== null && "DatabaseSync" in driver;
}
