import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { StoreError } from "@unclash/core";
import { customers as seeds } from "../seed/customers.js";
import { isTaken, patiently } from "./busy.js";
import { columns, customerIn, madeIn, versionIn } from "./row.js";
import { openConnection, type SqliteConnection } from "./sqlite-driver.js";
import { type CustomerTable, createTag, type NewCustomer } from "./table.js";

const tableSql = `
  CREATE TABLE customers (
    id TEXT PRIMARY KEY,
    name TEXT,
    email TEXT UNIQUE,
    version INTEGER NOT NULL,
    tag TEXT NOT NULL,
    modified_at INTEGER NOT NULL,
    modified_by TEXT,
    created_at INTEGER NOT NULL,
    created_by_key TEXT UNIQUE
  ) STRICT`;

// What a deletion left is written over. A time never falls, even when the clock steps back.
const insertSql = `
  INSERT INTO customers (id, name, email, version, tag, modified_at, modified_by, created_at, created_by_key)
  VALUES (?1, ?2, ?3, 1, ?4, ?5, ?6, ?5, ?7)
  ON CONFLICT (id) DO UPDATE SET name = excluded.name, email = excluded.email, version = customers.version + 1,
    tag = excluded.tag, modified_at = max(excluded.modified_at, customers.modified_at + 1),
    modified_by = excluded.modified_by, created_at = excluded.created_at,
    created_by_key = coalesce(excluded.created_by_key, customers.created_by_key)
  WHERE customers.email IS NULL
  RETURNING ${columns}`;

const updateSql = `
  UPDATE customers SET name = ?3, email = ?4, version = version + 1, tag = ?5,
    modified_at = max(?6, modified_at + 1), modified_by = ?7
  WHERE id = ?1 AND version = ?2 AND email IS NOT NULL
  RETURNING ${columns}`;

const removeSql = `
  UPDATE customers SET name = NULL, email = NULL, version = version + 1, tag = ?3,
    modified_at = max(?4, modified_at + 1), modified_by = ?5
  WHERE id = ?1 AND version = ?2 AND email IS NOT NULL
  RETURNING id`;

/** How a file is opened. */
export interface SqliteTableOptions {
  /** The path of the file, made with its folder where it is not there; empty for one that goes with the process. */
  readonly file: string;
  /** For how many milliseconds a call waits while another connection has the file. @default 5_000 */
  readonly busyTimeoutMs?: number;
}

/**
 * Opens the table in a file of SQLite, which many processes may use at once; a new one gets the shop's first customers.
 *
 * @throws StoreError where another process kept the file locked, or the disk failed
 */
export async function openSqliteTable({ file, busyTimeoutMs }: SqliteTableOptions): Promise<CustomerTable> {
  if (file !== "") makeFolder(dirname(file));
  const connection = await patiently(() => openConnection(file), busyTimeoutMs);
  try {
    await patiently(() => makeReady(connection), busyTimeoutMs);
    return tableOn(connection, busyTimeoutMs);
  } catch (error) {
    connection.close();
    throw error;
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new StoreError(`The folder ${folder} can't be made for the customers.`, "not-applied", { cause: error });
  }
}

// Each step can be done again: the whole of it is, where it meets another's lock.
function makeReady(connection: SqliteConnection): void {
  connection.exec(
    "PRAGMA busy_timeout = 0; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = 1",
  );
  atomically(connection, () => {
    if (isThere(connection)) return;
    connection.exec(tableSql);
    const insert = connection.prepare(insertSql);
    for (const seed of seeds) insert.get(...insertion(seed));
  });
}

/**
 * Runs what changes something, and commits it with a statement of its own: where a row is asked for with `get`, the
 * driver does not say that the commit behind it failed, on a full disk for example.
 */
function atomically<T>(connection: SqliteConnection, work: () => T): T {
  connection.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    connection.exec("COMMIT");
    return result;
  } catch (error) {
    rollBackQuietly(connection);
    throw error;
  }
}

// Where SQLite has rolled back already, there is nothing left to roll back. The first error is the one that tells.
function rollBackQuietly(connection: SqliteConnection): void {
  try {
    connection.exec("ROLLBACK");
  } catch {}
}

function isThere(connection: SqliteConnection): boolean {
  return connection.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'customers'").get() !== undefined;
}

function insertion({ id, name, email, by, key }: NewCustomer): (string | number | null)[] {
  return [id, name, email, createTag(), Date.now(), by, key ?? null];
}

function tableOn(connection: SqliteConnection, busyTimeoutMs: number | undefined): CustomerTable {
  const find = connection.prepare(`SELECT ${columns} FROM customers WHERE id = ?1`);
  const findByEmail = connection.prepare(`SELECT ${columns} FROM customers WHERE email = ?1`);
  const findMade = connection.prepare(`SELECT ${columns} FROM customers WHERE created_by_key = ?1`);
  const list = connection.prepare(
    `SELECT ${columns} FROM customers WHERE id > ?1 AND email IS NOT NULL ORDER BY id LIMIT ?2`,
  );
  const insert = connection.prepare(insertSql);
  const update = connection.prepare(updateSql);
  const remove = connection.prepare(removeSql);
  const releaseKey = connection.prepare(
    "UPDATE customers SET created_by_key = NULL WHERE created_by_key = ?1 AND created_at < ?2",
  );
  const read = <T>(statement: () => T): Promise<T> => patiently(statement, busyTimeoutMs);
  const write = <T>(statement: () => T): Promise<T> => read(() => atomically(connection, statement));
  const unlessTaken = <T>(statement: () => T): Promise<T | "taken"> =>
    read(() => takenOr(() => atomically(connection, statement)));
  return {
    find: (id) => read(() => customerIn(find.get(id))),
    findByEmail: (email) => read(() => customerIn(findByEmail.get(email))),
    findMade: (key) => read(() => madeIn(findMade.get(key))),
    lastVersion: (id) => read(() => versionIn(find.get(id))),
    list: ({ after = "", limit }) => read(() => list.all(after, limit).flatMap((row) => customerIn(row) ?? [])),
    insert: (customer) => unlessTaken(() => customerIn(insert.get(...insertion(customer))) ?? "taken"),
    update: (id, version, { name, email, by }) =>
      unlessTaken(() => customerIn(update.get(id, version, name, email, createTag(), Date.now(), by)) ?? "stale"),
    remove: (id, version, { by }) =>
      write(() => (remove.get(id, version, createTag(), Date.now(), by) === undefined ? "stale" : "removed")),
    releaseKey: (key, before) => write(() => void releaseKey.get(key, before)),
    close: async () => void connection.close(),
  };
}

function takenOr<T>(statement: () => T): T | "taken" {
  try {
    return statement();
  } catch (error) {
    if (isTaken(error)) return "taken";
    throw error;
  }
}
