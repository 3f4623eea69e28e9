import { StoreError } from "@unclash/core";
import pg from "pg";
import { type CustomerTable, createTable, type RunSql, tableIn } from "./table.js";

/** How the server is reached. */
export interface PostgresTableOptions {
  readonly url: string;
  /** The schema of the table, which the store has made. @default "unclash" */
  readonly schema?: string | undefined;
  /** How many milliseconds a call may take. @default 5_000 */
  readonly timeoutMs?: number;
}

/** How often a statement is run that lost against others in a circle of them, and was rolled back. */
const triesMax = 8;

/**
 * Opens the table in a schema of PostgreSQL, by a small pool of its own; a new one gets the shop's first customers.
 *
 * @throws StoreError where the server did not answer
 */
export async function openPostgresTable(options: PostgresTableOptions): Promise<CustomerTable> {
  const { url, schema = "unclash", timeoutMs = 5_000 } = options;
  const pool = new pg.Pool({
    connectionString: url,
    max: 5,
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
    // The server gives up first, so that it is known that nothing was written.
    statement_timeout: Math.ceil(timeoutMs * 0.9),
    keepAlive: true,
  });
  // An idle connection that breaks is replaced by the next call. Without a listener it would end the process.
  pool.on("error", () => {});
  // Ids in the order of their bytes; times by the server's clock, since those of the app's machines disagree.
  const dialect = {
    table: `"${schema}".customers`,
    text: 'text COLLATE "C"',
    now: "floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint",
    greatest: "greatest",
  };
  try {
    // Of several processes one makes the table, and the others wait for it.
    await withClient(pool, async (run) => {
      await run("BEGIN", []);
      await run("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [dialect.table]);
      const found = await run("SELECT to_regclass($1) AS found WHERE to_regclass($1) IS NOT NULL", [dialect.table]);
      if (found.length === 0) await createTable(run, dialect);
      await run("COMMIT", []);
    });
  } catch (error) {
    await pool.end();
    throw error;
  }
  return tableIn({ run: (sql, values) => runOnce(pool, sql, values), close: () => pool.end() }, dialect);
}

/** Runs a statement, again where two customers who exchange their e-mail addresses wait for each other, for example. */
async function runOnce(pool: pg.Pool, ...given: Parameters<RunSql>): Promise<readonly unknown[] | "taken"> {
  for (let tries = 1; ; tries++) {
    try {
      return await withClient(pool, (run) => run(...given));
    } catch (error) {
      const code = error instanceof StoreError && isRefusal(error.cause) ? error.cause.code : undefined;
      if (code === "23505") return "taken";
      if ((code !== "40P01" && code !== "40001") || tries === triesMax) throw error;
    }
  }
}

/** Lends a connection. One whose answer was not waited for may still be at work, and is not lent again. */
async function withClient<T>(pool: pg.Pool, work: (run: RunSql) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw storeError(error, "not-applied");
  });
  const ignore = (): void => {};
  client.on("error", ignore);
  let isUsable = false;
  try {
    const result = await work(async (sql, values) => (await client.query(sql, [...values])).rows);
    isUsable = true;
    return result;
  } catch (error) {
    isUsable = isRefusal(error);
    throw storeError(error, isRefusal(error) ? "not-applied" : "unknown");
  } finally {
    client.off("error", ignore).release(!isUsable);
  }
}

/** Whether the server refused the statement, rolled it back, and goes on. */
function isRefusal(thrown: unknown): thrown is pg.DatabaseError {
  return thrown instanceof pg.DatabaseError && thrown.severity === "ERROR";
}

function storeError(thrown: unknown, outcome: StoreError["outcome"]): StoreError {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new StoreError(`PostgreSQL failed: ${message}`, outcome, { cause: thrown });
}
