import { createRequire } from "node:module";
import { chooseDatabaseClass, type DatabaseClass } from "./library.js";

/** The part of a connection that the store uses: `node:sqlite`, `@photostructure/sqlite` and `better-sqlite3` have it. */
export interface SqliteDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): SqliteStatement;
  close(): unknown;
}

/** The part of a prepared statement that the store uses. It binds strings, numbers and null. */
export interface SqliteStatement {
  run(...values: unknown[]): { readonly changes: number | bigint };
  get(...values: unknown[]): unknown;
  all(...values: unknown[]): unknown[];
}

/** What is bound to a statement's parameters. */
export type SqliteValue = string | number | null;

/** A statement that gives no rows. */
export interface Command {
  run(...values: SqliteValue[]): { readonly changes: number | bigint };
}

/** A statement whose rows have a known shape. */
export interface Query<Row> {
  get(...values: SqliteValue[]): Row | undefined;
  all(...values: SqliteValue[]): readonly Row[];
}

let loaded: DatabaseClass | undefined;

/**
 * The driver that opens files: the runtime's own `node:sqlite`, or `@photostructure/sqlite` where there is none (Node 20), or
 * one with an old SQLite. Neither is loaded before the first call.
 *
 * @throws ConfigurationError where the package is needed and cannot be loaded.
 */
export function driverOfFiles(): DatabaseClass {
  loaded ??= loadDatabaseClass();
  return loaded;
}

/** Prepares a statement for rows of the shape that its SQL selects: all tables are STRICT, and keep to their types. */
export function query<Row>(database: SqliteDatabase, sql: string): Query<Row> {
  const statement = database.prepare(sql);
  return {
    get(...values) {
      const row = statement.get(...values);
      return isRow<Row>(row) ? row : undefined;
    },
    all(...values) {
      return statement.all(...values).filter((row) => isRow<Row>(row));
    },
  };
}

function isRow<Row>(row: unknown): row is Row {
  return typeof row === "object" && row !== null;
}

function loadDatabaseClass(): DatabaseClass {
  const builtIn: unknown = withoutWarnings(() => process.getBuiltinModule("node:sqlite"));
  return chooseDatabaseClass(hasDatabaseClass(builtIn) ? builtIn.DatabaseSync : undefined, loadPackage);
}

function loadPackage(): DatabaseClass {
  const driver: unknown = createRequire(import.meta.url)("@photostructure/sqlite");
  if (!hasDatabaseClass(driver)) throw new TypeError("It has no DatabaseSync.");
  return driver.DatabaseSync;
}

function hasDatabaseClass(driver: unknown): driver is { readonly DatabaseSync: DatabaseClass } {
  return typeof driver === "object" && driver !== null && "DatabaseSync" in driver;
}

// Node warns once, as it loads node:sqlite, that its interface may still change. We use the part that has not, and
// whoever runs the server can do nothing about it. Loading is synchronous, so that no other warning is lost.
function withoutWarnings<T>(load: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    return load();
  } finally {
    process.emitWarning = emitWarning;
  }
}
