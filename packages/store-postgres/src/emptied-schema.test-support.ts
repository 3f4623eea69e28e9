/** A schema that many tests use one after another, each of which finds it empty. */
import type { Store } from "@unclash/core/store";
import { postgresUrl } from "@unclash/test-servers";
import pg from "pg";
import { migratePostgres } from "./migration.js";
import { createPostgresStore } from "./store.js";
import { schemaName } from "./store.test-support.js";

export interface EmptiedSchema {
  readonly schema: string;
  /**
   * Opens a store on the warm connections, which stay open when it is closed. Call `empty` before, unless it holds what
   * is wanted.
   */
  readonly open: () => Promise<Store>;
  /** Opens a store on connections of its own, which it closes. */
  readonly openApart: () => Promise<Store>;
  /** Brings the schema back to what its migration made. Waits for transactions that are at work on it. */
  readonly empty: () => Promise<void>;
  /** Ends the connections and drops the schema. */
  readonly remove: () => Promise<void>;
}

// As many as a store's own pool has at most: one of them is for listening.
const connections = 11;

/**
 * Migrates a schema once and opens the connections to it. A new schema and new connections cost a test some hundred
 * times as much as emptying these does, and commits that wait for a connection to be made hardly race each other.
 */
export async function createEmptiedSchema(): Promise<EmptiedSchema> {
  const url = postgresUrl ?? "";
  const schema = schemaName();
  await migratePostgres({ url, schema });
  const pool = new pg.Pool({ connectionString: url, max: connections, idleTimeoutMillis: 0 });
  pool.on("error", () => {});
  const all = await Promise.all(Array.from({ length: connections }, () => pool.connect()));
  for (const client of all) client.release();
  return {
    schema,
    open: () => createPostgresStore({ pool, schema, migrate: false }),
    openApart: () => createPostgresStore({ url, schema, migrate: false }),
    async empty() {
      await pool.query(emptyingSql(schema));
    },
    async remove() {
      await pool.query(`DROP SCHEMA "${schema}" CASCADE`);
      await pool.end();
    },
  };
}

// See tables.ts for what is there from the beginning. For a few rows, DELETE takes a thirtieth of the time of TRUNCATE.
function emptyingSql(schema: string): string {
  const tables = ["head", "log", "event", "removed", "claim", "forgotten"];
  return `${tables.map((table) => `DELETE FROM "${schema}".${table};`).join(" ")}
    INSERT INTO "${schema}".removed (revision, n, tag) VALUES (0, 0, '');
    SELECT setval('"${schema}".revisions', 0), setval('"${schema}".ids', 1, false)`;
}
