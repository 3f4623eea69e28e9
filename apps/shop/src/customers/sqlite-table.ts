import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { StoreError } from "@unclash/core";
import { type CustomerTable, createTable, type SqlDialect, type SqlValue, tableIn } from "./table.js";

/** The part of a connection that the table uses. */
interface Connection {
  exec(sql: string): unknown;
  prepare(sql: string): { all(...values: readonly SqlValue[]): readonly unknown[] };
  close(): unknown;
}

/**
 * Opens a connection by the very library that `@unclash/sqlite` uses in this runtime: the built-in one, or
 * `@photostructure/sqlite` on Node 20. Two copies of SQLite in one process must not open the same file: as one of them
 * closes it, the operating system drops the locks of the other (sqlite.org/howtocorrupt.html §2.2.1).
 */
export function openConnection(file: string): Connection {
  const driver: unknown =
    process.getBuiltinModule("node:sqlite") ?? createRequire(import.meta.url)("@photostructure/sqlite");
  if (!hasConnectionClass(driver)) throw new TypeError("The driver of SQLite has no DatabaseSync.");
  return new driver.DatabaseSync(file);
}

function hasConnectionClass(driver: unknown): driver is { readonly DatabaseSync: new (file: string) => Connection } {
  return typeof driver === "object" && driver !== null && "DatabaseSync" in driver;
}

const dialect: SqlDialect = {
  table: "customers",
  text: "text",
  now: "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
  greatest: "max",
};

/**
 * Opens the table in a file of SQLite, which many processes may use at once; a new one gets the shop's first customers.
 *
 * @param file its path, made with its folder where it is not there; empty for one that goes with the process
 * @throws StoreError where another process kept the file locked, or the disk failed
 */
export async function openSqliteTable({
  file,
  busyTimeoutMs = 5_000,
}: {
  readonly file: string;
  readonly busyTimeoutMs?: number;
}): Promise<CustomerTable> {
  const connection = await patiently(() => {
    if (file !== "") mkdirSync(dirname(file), { recursive: true });
    return openConnection(file);
  }, busyTimeoutMs);
  const run = (sql: string, values: readonly SqlValue[]): readonly unknown[] =>
    connection.prepare(sql.replaceAll("$", "?")).all(...values);
  try {
    await patiently(() => makeReady(connection, run), busyTimeoutMs);
  } catch (error) {
    connection.close();
    throw error;
  }
  return tableIn(
    {
      run: (sql, values) => patiently(() => unlessTaken(() => run(sql, values)), busyTimeoutMs),
      close: async () => void connection.close(),
    },
    dialect,
  );
}

/** Makes the table where it is not there; each step can be done again, where it meets another connection's lock. */
async function makeReady(
  connection: Connection,
  run: (sql: string, values: readonly SqlValue[]) => readonly unknown[],
): Promise<void> {
  connection.exec(
    "PRAGMA busy_timeout = 0; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = 1",
  );
  connection.exec("BEGIN IMMEDIATE");
  try {
    const isThere = run("SELECT 1 FROM sqlite_schema WHERE name = 'customers'", []).length > 0;
    if (!isThere) await createTable(async (sql, values) => run(sql, values), dialect);
    connection.exec("COMMIT");
  } catch (error) {
    // Where SQLite has rolled back already, the first error is the one that tells.
    try {
      connection.exec("ROLLBACK");
    } catch {}
    throw error;
  }
}

function unlessTaken<T>(statement: () => T): T | "taken" {
  try {
    return statement();
  } catch (error) {
    if (error instanceof Error && error.message.includes("UNIQUE constraint failed")) return "taken";
    throw error;
  }
}

/**
 * Tries until no other connection has the file locked, and leaves the event loop free between two tries: SQLite's own
 * waiting (`busy_timeout`) would hold up the whole server, and the store's own commit that it may be waiting for.
 */
async function patiently<T>(attempt: () => T | Promise<T>, timeoutMs: number): Promise<T> {
  const until = performance.now() + timeoutMs;
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof TypeError || !(error instanceof Error)) throw error;
      if (!/\b(?:locked|locking protocol)\b/.test(error.message) || performance.now() >= until)
        throw new StoreError(`SQLite failed: ${error.message}`, "not-applied", { cause: error });
    }
    // Jittered, so that two who wait do not meet again and again.
    await pause(1 + Math.random() * Math.min(1 + tries / 16, 8));
  }
}
