import { createRequire } from "node:module";
import { ConfigurationError } from "@unclash/core";
import { messageOf } from "@unclash/core/store";
import type { SqliteDatabase } from "./driver.js";

/** The class of a driver whose instances are connections. */
export type DatabaseClass = new (file: string) => SqliteDatabase;

/**
 * Whether a version of SQLite is free of the WAL-reset bug: those from 3.7.0 to 3.51.2 can lose committed transactions
 * where two connections write and checkpoint at the same moment. 3.51.3 mended it, and so did 3.50.7 and 3.44.6 for
 * their lines.
 *
 * Source: https://sqlite.org/wal.html#walresetbug
 *
 * @param version as `sqlite_version()` gives it, `3.51.3`
 */
export function keepsWhatIsCommitted(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  if (major !== 3) return major > 3;
  if (minor > 51) return true;
  if (minor === 51) return patch >= 3;
  return (minor === 50 && patch >= 7) || (minor === 44 && patch >= 6);
}

/** The version of the SQLite behind a connection; empty where it does not say. */
export function versionOf(database: SqliteDatabase): string {
  const row = database.prepare("SELECT sqlite_version() AS version").get();
  if (typeof row !== "object" || row === null) return "";
  // As an array, if the user set the connection so, which is refused later.
  const version: unknown = Object.values(row)[0];
  return typeof version === "string" ? version : "";
}

let loaded: DatabaseClass | undefined;

/**
 * The driver that opens files: the runtime's own `node:sqlite`, or `@photostructure/sqlite` where there is none (Node
 * 20), or one with an old SQLite. Neither is loaded before the first call.
 *
 * @throws ConfigurationError where the package is needed and cannot be loaded.
 */
export function driverOfFiles(): DatabaseClass {
  loaded ??= loadDatabaseClass();
  return loaded;
}

/**
 * Chooses the driver for files: the runtime's own, unless its SQLite is too old, and then `@photostructure/sqlite`.
 *
 * @throws ConfigurationError where the package is needed and cannot be loaded.
 */
export function chooseDatabaseClass(
  runtimes: DatabaseClass | undefined,
  loadPackage: () => DatabaseClass,
): DatabaseClass {
  const version = runtimes && versionOfClass(runtimes);
  if (runtimes !== undefined && keepsWhatIsCommitted(version ?? "")) return runtimes;
  try {
    return loadPackage();
  } catch (error) {
    const own = version === undefined ? "this runtime has no node:sqlite" : `this runtime's node:sqlite has ${version}`;
    throw new ConfigurationError(
      "file",
      `needs SQLite 3.51.3 or newer: ${own}, and the package @photostructure/sqlite ${whyNotLoaded(error)}. ` +
        `Run \`npm install @photostructure/sqlite\`, run on a newer Node.js, or give \`database\` an open connection`,
    );
  }
}

function versionOfClass(driver: DatabaseClass): string {
  const database = new driver(":memory:");
  try {
    return versionOf(database);
  } finally {
    database.close();
  }
}

function whyNotLoaded(error: unknown): string {
  if (Object(error).code === "MODULE_NOT_FOUND") return "is not installed";
  return `cannot be loaded: ${messageOf(error).split("\n", 1)[0]}`;
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

/** Warns, once in the life of the process, that the SQLite of the user's `database` can lose committed writes. */
export function warnOfOldSqlite(version: string): void {
  if (isWarned) return;
  isWarned = true;
  process.emitWarning(
    `The store's file is opened by SQLite ${version} of your database, which can lose committed writes ` +
      "where several connections write at once. Use 3.51.3 or newer (docs/guide/errors.md#unclash_old_sqlite).",
    { type: "UnclashWarning", code: "UNCLASH_OLD_SQLITE" },
  );
}

let isWarned = false;
