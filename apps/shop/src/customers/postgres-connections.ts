import { StoreError } from "@unclash/core";
import pg from "pg";

/** What is bound to a statement's parameters. */
export type SqlValue = string | number | null;

/** Runs a statement, and gives its rows. */
export type RunSql = (sql: string, values: readonly SqlValue[]) => Promise<readonly unknown[]>;

/**
 * A few connections to PostgreSQL. All methods reject with a `StoreError` where the server failed or did not answer.
 */
export interface PostgresConnections {
  readonly all: RunSql;
  /** The first row of a statement's; `taken` where a value that must be unique is another's. */
  one(sql: string, values: readonly SqlValue[]): Promise<unknown>;
  transaction(work: (query: RunSql) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/** How often a statement is run that lost against others in a circle of them, and was rolled back. */
const triesMax = 8;

/** Makes a pool; it connects when it is asked for something. */
export function openPostgres(url: string, timeoutMs: number): PostgresConnections {
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

  async function withClient<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await pool.connect().catch((error: unknown) => {
      throw storeError(error, "not-applied");
    });
    let isUsable = false;
    const ignore = (): void => {};
    client.on("error", ignore);
    try {
      const result = await work(client);
      isUsable = true;
      return result;
    } catch (error) {
      isUsable = isRefusal(error);
      throw error;
    } finally {
      client.off("error", ignore);
      // One whose answer was not waited for may still be at work, and is not lent again.
      client.release(!isUsable);
    }
  }

  const query = (sql: string, values: readonly SqlValue[]): Promise<readonly unknown[]> =>
    withClient((client) => rowsOf(client, sql, values));

  async function all(sql: string, values: readonly SqlValue[]): Promise<readonly unknown[]> {
    for (let tries = 1; ; tries++) {
      try {
        return await query(sql, values);
      } catch (error) {
        if (isDeadlock(error) && tries < triesMax) continue;
        throw isTaken(error) ? error : storeError(error, isRefusal(error) ? "not-applied" : "unknown");
      }
    }
  }

  return {
    all,
    async one(sql, values) {
      try {
        return (await all(sql, values))[0];
      } catch (error) {
        if (isTaken(error)) return "taken";
        throw error;
      }
    },
    async transaction(work) {
      await withClient(async (client) => {
        try {
          await client.query("BEGIN");
          await work((sql, values) => rowsOf(client, sql, values));
          await client.query("COMMIT");
        } catch (error) {
          // No refusal of a statement any more: the connection, and what was begun on it, go.
          throw storeError(error, "unknown");
        }
      });
    },
    close: () => pool.end(),
  };
}

async function rowsOf(client: pg.PoolClient, sql: string, values: readonly SqlValue[]): Promise<readonly unknown[]> {
  const { rows }: { readonly rows: readonly unknown[] } = await client.query(sql, [...values]);
  return rows;
}

/** Whether the server refused the statement, rolled it back, and goes on. */
function isRefusal(thrown: unknown): boolean {
  return thrown instanceof pg.DatabaseError && thrown.severity === "ERROR";
}

function isTaken(thrown: unknown): boolean {
  return thrown instanceof pg.DatabaseError && thrown.code === "23505";
}

// Two customers who exchange their e-mail addresses wait for each other, for example.
function isDeadlock(thrown: unknown): boolean {
  return thrown instanceof pg.DatabaseError && (thrown.code === "40P01" || thrown.code === "40001");
}

function storeError(thrown: unknown, outcome: StoreError["outcome"]): StoreError {
  if (thrown instanceof StoreError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new StoreError(`PostgreSQL failed: ${message}`, outcome, { cause: thrown });
}
