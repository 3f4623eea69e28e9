import { randomBytes } from "node:crypto";
import { z } from "zod";
import { customers as seeds } from "../seed/customers.js";
import { type Customer, type CustomerFields, customerRow } from "./customer.js";

export type SqlValue = string | number | null;

/** Runs a statement, whose parameters are `$1`, `$2`, …, and gives its rows. */
export type RunSql = (sql: string, values: readonly SqlValue[]) => Promise<readonly unknown[]>;

/** A database that the table is in. Its functions reject with a `StoreError` where it failed, or kept them waiting. */
export interface Database {
  /** As a `RunSql`; `taken` where a value that must be unique is another's. */
  run(sql: string, values: readonly SqlValue[]): Promise<readonly unknown[] | "taken">;
  close(): Promise<void>;
}

/** What SQLite and PostgreSQL say differently. */
export interface SqlDialect {
  /** The table, in its schema. */
  readonly table: string;
  /** The type of a text that is ordered by its bytes. */
  readonly text: string;
  /** The time in milliseconds. */
  readonly now: string;
  readonly greatest: string;
}

/** A customer to be made. */
export interface NewCustomer extends CustomerFields {
  readonly id: string;
  /** Who makes it; `null` is anonymous. */
  readonly by: string | null;
  /** By what the request that makes it is known when it comes again. */
  readonly key?: string | undefined;
}

/**
 * The shop's own table of customers, which knows nothing of unclash. Each write is one statement that names in its
 * `WHERE` the version that it replaces. A deleted customer leaves its row, without name and e-mail address: its version
 * goes on when it is made again.
 */
export interface CustomerTable {
  find(id: string): Promise<Customer | undefined>;
  findByEmail(email: string): Promise<Customer | undefined>;
  /** What the request with this key has made, and when; no `customer` where it was deleted since. */
  findMade(
    key: string,
  ): Promise<{ readonly id: string; readonly at: number; readonly customer?: Customer | undefined } | undefined>;
  /** The version that this id has now, or had when it was deleted; 0 where there never was one. */
  lastVersion(id: string): Promise<number>;
  /** By id, in the order of its bytes. */
  list(page: { readonly after?: string | undefined; readonly limit: number }): Promise<readonly Customer[]>;
  /** `taken`: the id, the e-mail address or the key is another's. */
  insert(customer: NewCustomer): Promise<Customer | "taken">;
  /** Replaces this version. `stale`: it is not the current one; `taken`: the e-mail address is another's. */
  update(id: string, version: number, fields: Omit<NewCustomer, "id" | "key">): Promise<Customer | "stale" | "taken">;
  remove(id: string, version: number, author: Pick<NewCustomer, "by">): Promise<"removed" | "stale">;
  /** Forgets by which key a customer was made, if that was before this moment: the key may be used anew. */
  releaseKey(key: string, before: number): Promise<void>;
  close(): Promise<void>;
}

const columns = 'id, name, email, version, tag, modified_at AS "modifiedAt", modified_by AS "modifiedBy"';

// What a deletion left is written over. A time never falls, even when the clock steps back.
const insertSql = ({ table, now, greatest }: SqlDialect): string => `
  INSERT INTO ${table} AS old (id, name, email, version, tag, modified_at, modified_by, created_at, created_by_key)
  VALUES ($1, $2, $3, 1, $4, ${now}, $5, ${now}, $6)
  ON CONFLICT (id) DO UPDATE SET name = excluded.name, email = excluded.email, version = old.version + 1,
    tag = excluded.tag, modified_at = ${greatest}(excluded.modified_at, old.modified_at + 1),
    modified_by = excluded.modified_by, created_at = excluded.created_at,
    created_by_key = coalesce(excluded.created_by_key, old.created_by_key)
  WHERE old.email IS NULL
  RETURNING ${columns}`;

/** Makes the table and its first rows, in a transaction that `run` is in. */
export async function createTable(run: RunSql, dialect: SqlDialect): Promise<void> {
  const { table, text } = dialect;
  await run(
    `CREATE TABLE ${table} (id ${text} PRIMARY KEY, name text, email ${text} UNIQUE, version bigint NOT NULL,
      tag text NOT NULL, modified_at bigint NOT NULL, modified_by text, created_at bigint NOT NULL,
      created_by_key text UNIQUE)`,
    [],
  );
  for (const seed of seeds) await run(insertSql(dialect), insertion(seed));
}

/** The random part of an entity-tag: 96 bits. */
const createTag = (): string => randomBytes(12).toString("base64url");

function insertion({ id, name, email, by, key }: NewCustomer): readonly SqlValue[] {
  return [id, name, email, createTag(), by, key ?? null];
}

/** The table in a database, which has been made. */
export function tableIn({ run, close }: Database, dialect: SqlDialect): CustomerTable {
  const { table, now, greatest } = dialect;
  const current = "WHERE id = $1 AND version = $2 AND email IS NOT NULL";
  const change = (fields: string): string => `UPDATE ${table} SET ${fields}, version = version + 1, tag = $3,
    modified_at = ${greatest}(${now}, modified_at + 1), modified_by = $4 ${current} RETURNING ${columns}`;
  /** The rows of a statement that takes nothing from another. */
  const all = async (sql: string, ...values: SqlValue[]): Promise<readonly unknown[]> => {
    const rows = await run(sql, values);
    return rows === "taken" ? [] : rows;
  };
  const find = async (column: "id" | "email", value: string): Promise<Customer | undefined> => {
    const [row] = await all(`SELECT ${columns} FROM ${table} WHERE ${column} = $1 AND email IS NOT NULL`, value);
    return row === undefined ? undefined : customerRow.parse(row);
  };
  /** Of a statement that changes one row, if it does: the row. */
  const one = async (sql: string, values: readonly SqlValue[]): Promise<Customer | "taken" | undefined> => {
    const rows = await run(sql, values);
    if (rows === "taken") return rows;
    return rows.length === 0 ? undefined : customerRow.parse(rows[0]);
  };
  return {
    find: (id) => find("id", id),
    findByEmail: (email) => find("email", email),
    async findMade(key) {
      const [row] = await all(`SELECT id, created_at AS at FROM ${table} WHERE created_by_key = $1`, key);
      if (row === undefined) return undefined;
      const made = madeRow.parse(row);
      return { ...made, customer: await find("id", made.id) };
    },
    async lastVersion(id) {
      const [row] = await all(`SELECT version FROM ${table} WHERE id = $1`, id);
      return row === undefined ? 0 : versionRow.parse(row).version;
    },
    async list({ after = "", limit }) {
      const sql = `SELECT ${columns} FROM ${table} WHERE id > $1 AND email IS NOT NULL ORDER BY id LIMIT $2`;
      return (await all(sql, after, limit)).map((row) => customerRow.parse(row));
    },
    insert: async (customer) => (await one(insertSql(dialect), insertion(customer))) ?? "taken",
    update: async (id, version, { name, email, by }) =>
      (await one(change("name = $5, email = $6"), [id, version, createTag(), by, name, email])) ?? "stale",
    async remove(id, version, { by }) {
      const rows = await all(change("name = NULL, email = NULL"), id, version, createTag(), by);
      return rows.length === 0 ? "stale" : "removed";
    },
    async releaseKey(key, before) {
      await all(`UPDATE ${table} SET created_by_key = NULL WHERE created_by_key = $1 AND created_at < $2`, key, before);
    },
    close,
  };
}

const madeRow = z.object({ id: z.string(), at: z.coerce.number() });
const versionRow = z.object({ version: z.coerce.number() });
