import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { inspect, isDeepStrictEqual } from "node:util";
import { ConfigurationError } from "@unclash/core";
import { messageOf } from "@unclash/core/store";
import { patiently } from "./busy.js";
import { query, type SqliteDatabase } from "./driver.js";
import { isBusy } from "./failure.js";
import { driverOfFiles, keepsWhatIsCommitted, versionOf, warnOfOldSqlite } from "./library.js";
import type { ResolvedOptions } from "./options.js";
import { applicationId, migrations } from "./schema.js";
import { prepareTables, type Tables } from "./tables.js";

/**
 * Opens the file, or takes the user's connection, and makes it ready: pragmas set, schema brought up to date. Several
 * processes may do so at once: each waits while another has the file locked.
 *
 * @throws ConfigurationError where it cannot be opened, is no database, is not ours, or comes from a newer release.
 * @throws StoreError where another process kept it locked, or the disk failed.
 */
export async function openTables(options: ResolvedOptions): Promise<Tables> {
  const { source, timeoutMs } = options;
  if ("database" in source) {
    assertPlainRows(source.database);
    const version = versionOf(source.database);
    if (!keepsWhatIsCommitted(version)) warnOfOldSqlite(version);
    return madeReady(source.database, options);
  }
  const database = await openOwn(source.file, timeoutMs);
  try {
    return await madeReady(database, options);
  } catch (error) {
    database.close();
    throw error;
  }
}

function openOwn(file: string, timeoutMs: number): Promise<SqliteDatabase> {
  // First, so that no empty file is left behind where there is no driver.
  const Database = driverOfFiles();
  return patiently(() => {
    try {
      createPrivately(file);
      return new Database(file);
    } catch (error) {
      if (isBusy(error)) throw error;
      throw new ConfigurationError("file", `must be a file that can be opened: ${messageOf(error)}`);
    }
  }, timeoutMs);
}

// What others may read, they may read of all users. SQLite gives the mode of a file to the -wal and -shm beside it.
function createPrivately(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  try {
    closeSync(openSync(file, "wx", 0o600));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}

// A user's connection may be set to give rows as arrays, or integers as bigints: a version would be equal to none.
function assertPlainRows(database: SqliteDatabase): void {
  const row = probe(database);
  const expected = { one: 1, large: Number.MAX_SAFE_INTEGER, text: "text", none: null };
  if (!Array.isArray(row) && isDeepStrictEqual({ ...Object(row) }, expected)) return;
  throw new ConfigurationError(
    "database",
    "must give rows as objects, and integers as numbers: without readBigInts, returnArrays or " +
      `defaultSafeIntegers. It gave ${inspect(row)}`,
  );
}

function probe(database: SqliteDatabase): unknown {
  try {
    return database.prepare("SELECT 1 AS one, 9007199254740991 AS large, 'text' AS text, NULL AS none").get();
  } catch (error) {
    throw new ConfigurationError("database", `must be an open connection of SQLite: ${messageOf(error)}`);
  }
}

// Each step can be done again, so that the whole of it is tried again when any meets another process's lock.
function madeReady(database: SqliteDatabase, options: ResolvedOptions): Promise<Tables> {
  const { sourceOption } = options;
  return patiently(() => {
    database.exec("PRAGMA busy_timeout = 0");
    schemaVersion(database, sourceOption);
    tune(database, options);
    migrate(database, sourceOption);
    return prepareTables(database);
  }, options.timeoutMs);
}

function tune(database: SqliteDatabase, { sourceOption, durability, walAutocheckpointPages }: ResolvedOptions): void {
  if (pragma(database, "encoding") !== "UTF-8") {
    throw new ConfigurationError(sourceOption, "must be a database in UTF-8: keys are ordered by its bytes");
  }
  const mode = pragma(database, "journal_mode = WAL", "journal_mode");
  if (mode !== "wal") {
    throw new ConfigurationError(
      sourceOption,
      `must be a file on a local disk: a write-ahead log is not possible (${mode})`,
    );
  }
  // Without fullfsync, macOS acknowledges what is still in the cache of its disk. Elsewhere it says nothing.
  database.exec(`
    PRAGMA synchronous = ${durability === "fsync" ? "FULL" : "NORMAL"};
    PRAGMA fullfsync = ${durability === "fsync" ? 1 : 0};
    PRAGMA wal_autocheckpoint = ${walAutocheckpointPages};
    PRAGMA journal_size_limit = ${walBytesKept};
    PRAGMA cache_size = ${-cacheKiB};
    PRAGMA temp_store = MEMORY;
  `);
}

const cacheKiB = 16_384;
const walBytesKept = 67_108_864;

/** Brings a file's schema up to date. */
export function migrate(database: SqliteDatabase, option: string): void {
  if (schemaVersion(database, option) === migrations.length) return;
  database.exec("BEGIN IMMEDIATE");
  try {
    // Someone else may have done it since.
    const version = schemaVersion(database, option);
    for (const step of migrations.slice(version)) database.exec(step);
    database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${migrations.length}; COMMIT`);
  } catch (error) {
    rollBackQuietly(database);
    throw error;
  }
}

// Where SQLite has rolled back already, there is nothing left to roll back. The first error is the one that tells.
function rollBackQuietly(database: SqliteDatabase): void {
  try {
    database.exec("ROLLBACK");
  } catch {}
}

function schemaVersion(database: SqliteDatabase, option: string): number {
  const { application, version, tables } = identityOf(database, option);
  if (application !== applicationId && (application !== 0 || version !== 0 || tables > 0)) {
    throw new ConfigurationError(
      option,
      "must be a database of unclash alone, or a new one: this one has other tables",
    );
  }
  if (version > migrations.length) {
    throw new ConfigurationError(
      option,
      `must not come from a newer release: its schema is ${version}, and ${migrations.length} the newest known here`,
    );
  }
  return version;
}

interface Identity {
  readonly application: number;
  readonly version: number;
  readonly tables: number;
}

// One statement, so that another process's migration is seen whole or not at all.
function identityOf(database: SqliteDatabase, option: string): Identity {
  try {
    const identity = query<Identity>(
      database,
      `SELECT (SELECT application_id FROM pragma_application_id) AS application,
        (SELECT user_version FROM pragma_user_version) AS version,
        (SELECT count(*) FROM sqlite_schema) AS tables`,
    ).get();
    return identity ?? { application: 0, version: 0, tables: 0 };
  } catch (error) {
    if (isBusy(error)) throw error;
    throw new ConfigurationError(option, `must be a database of SQLite that can be read: ${messageOf(error)}`);
  }
}

function pragma(database: SqliteDatabase, sql: string, column: string = sql): unknown {
  return query<Record<string, unknown>>(database, `PRAGMA ${sql}`).get()?.[column];
}
