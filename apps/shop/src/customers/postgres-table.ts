import { customers as seeds } from "../seed/customers.js";
import { openPostgres, type PostgresConnections, type SqlValue } from "./postgres-connections.js";
import { columns, customerIn, madeIn, versionIn } from "./row.js";
import { type CustomerTable, createTag, type NewCustomer } from "./table.js";

// Ids in the order of their bytes; times by the server's clock, since those of the app's machines disagree.
const columnsSql = `
  id text COLLATE "C" PRIMARY KEY,
  name text,
  email text COLLATE "C" UNIQUE,
  version bigint NOT NULL,
  tag text NOT NULL,
  modified_at bigint NOT NULL,
  modified_by text,
  created_at bigint NOT NULL,
  created_by_key text UNIQUE`;

const now = "floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint";

// What a deletion left is written over. A time never falls, even when the clock steps back.
const insertSql = (table: string): string => `
  INSERT INTO ${table} AS old (id, name, email, version, tag, modified_at, modified_by, created_at, created_by_key)
  VALUES ($1, $2, $3, 1, $4, ${now}, $5, ${now}, $6)
  ON CONFLICT (id) DO UPDATE SET name = excluded.name, email = excluded.email, version = old.version + 1,
    tag = excluded.tag, modified_at = greatest(excluded.modified_at, old.modified_at + 1),
    modified_by = excluded.modified_by, created_at = excluded.created_at,
    created_by_key = coalesce(excluded.created_by_key, old.created_by_key)
  WHERE old.email IS NULL
  RETURNING ${columns}`;

const updateSql = (table: string): string => `
  UPDATE ${table} SET name = $3, email = $4, version = version + 1, tag = $5,
    modified_at = greatest(${now}, modified_at + 1), modified_by = $6
  WHERE id = $1 AND version = $2 AND email IS NOT NULL
  RETURNING ${columns}`;

const removeSql = (table: string): string => `
  UPDATE ${table} SET name = NULL, email = NULL, version = version + 1, tag = $3,
    modified_at = greatest(${now}, modified_at + 1), modified_by = $4
  WHERE id = $1 AND version = $2 AND email IS NOT NULL
  RETURNING id`;

/** How the server is reached. */
export interface PostgresTableOptions {
  readonly url: string;
  /** The schema of the table, which the store has made. @default "unclash" */
  readonly schema?: string | undefined;
  /** How many milliseconds a call may take. @default 5_000 */
  readonly timeoutMs?: number;
}

/**
 * Opens the table in a schema of PostgreSQL, by a small pool of its own; a new one gets the shop's first customers.
 *
 * @throws StoreError where the server did not answer
 */
export async function openPostgresTable({
  url,
  schema = "unclash",
  timeoutMs = 5_000,
}: PostgresTableOptions): Promise<CustomerTable> {
  const connections = openPostgres(url, timeoutMs);
  try {
    await makeReady(connections, schema);
    return tableOn(connections, `"${schema}".customers`);
  } catch (error) {
    await connections.close();
    throw error;
  }
}

/** Makes the table and its first rows in one transaction; of several processes one does, and the others wait for it. */
async function makeReady(connections: PostgresConnections, schema: string): Promise<void> {
  const table = `"${schema}".customers`;
  await connections.transaction(async (query) => {
    await query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [table]);
    const found = await query("SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = $1 AND tablename = 'customers'", [
      schema,
    ]);
    if (found.length > 0) return;
    await query(`CREATE TABLE ${table} (${columnsSql})`, []);
    for (const seed of seeds) await query(insertSql(table), insertion(seed));
  });
}

function insertion({ id, name, email, by, key }: NewCustomer): SqlValue[] {
  return [id, name, email, createTag(), by, key ?? null];
}

function tableOn({ one, all, close }: PostgresConnections, table: string): CustomerTable {
  const findBy = (column: string): string => `SELECT ${columns} FROM ${table} WHERE ${column} = $1`;
  const listSql = `SELECT ${columns} FROM ${table} WHERE id > $1 AND email IS NOT NULL ORDER BY id LIMIT $2`;
  const releaseSql = `UPDATE ${table} SET created_by_key = NULL WHERE created_by_key = $1 AND created_at < $2`;
  return {
    find: async (id) => customerIn(await one(findBy("id"), [id])),
    findByEmail: async (email) => customerIn(await one(findBy("email"), [email])),
    findMade: async (key) => madeIn(await one(findBy("created_by_key"), [key])),
    lastVersion: async (id) => versionIn(await one(findBy("id"), [id])),
    list: async ({ after = "", limit }) => (await all(listSql, [after, limit])).flatMap((row) => customerIn(row) ?? []),
    async insert(customer) {
      const row = await one(insertSql(table), insertion(customer));
      return row === "taken" ? "taken" : (customerIn(row) ?? "taken");
    },
    async update(id, version, { name, email, by }) {
      const row = await one(updateSql(table), [id, version, name, email, createTag(), by]);
      return row === "taken" ? "taken" : (customerIn(row) ?? "stale");
    },
    async remove(id, version, { by }) {
      return (await one(removeSql(table), [id, version, createTag(), by])) === undefined ? "stale" : "removed";
    },
    async releaseKey(key, before) {
      await all(releaseSql, [key, before]);
    },
    close,
  };
}
