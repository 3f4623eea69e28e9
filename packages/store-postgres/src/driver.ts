/** A query as `pg` takes it: rows come as arrays of the texts that the server sent. */
export interface PostgresQuery {
  readonly text: string;
  readonly values: (string | number | boolean | null | readonly unknown[])[];
  readonly rowMode: "array";
  readonly types: { getTypeParser(): (value: string) => unknown };
  readonly name?: string;
}

/** What the server tells a connection that listens. */
export interface PostgresNotification {
  readonly channel: string;
  readonly payload?: string | undefined;
}

/** A connection that a pool lent. That of `pg` is one. */
export interface PostgresClient {
  query(query: PostgresQuery): Promise<{ readonly rows: unknown[] }>;
  /** With `true` the connection is closed, not lent again. */
  release(destroy?: boolean): void;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "notification", listener: (message: PostgresNotification) => void): unknown;
  removeListener(event: "error", listener: (error: Error) => void): unknown;
  removeListener(event: "notification", listener: (message: PostgresNotification) => void): unknown;
}

/** A pool of connections: the part of a `Pool` of `pg` that the store uses. */
export interface PostgresPool {
  connect(): Promise<PostgresClient>;
  readonly options?: { readonly max?: number | undefined };
}

/** A pool that the store made for itself. */
export interface OwnPool extends PostgresPool {
  end(): Promise<void>;
}

/** One row of an answer: each value as the server wrote it. */
export type Row = readonly (string | null)[];

// The user may have told `pg` to read numbers in a way of their own. What the server sent is read here, and only here.
const asSent = { getTypeParser: () => (value: string) => value };

/** A query whose rows are texts. With a name the server keeps its plan, which a pooler in transaction mode may not allow. */
export function textQuery(text: string, values: PostgresQuery["values"], name?: string): PostgresQuery {
  return { text, values, rowMode: "array", types: asSent, ...(name !== undefined && { name }) };
}

/** The rows of an answer to a {@link textQuery}. */
export function rowsOf({ rows }: { readonly rows: unknown[] }): readonly Row[] {
  return rows.filter((row): row is Row => Array.isArray(row));
}

/** Makes a pool of the store's own. `pg` is loaded here and nowhere else: who brings a pool has it already. */
export async function openPool(
  url: string,
  connections: number,
  timeoutMs: number,
  sessions: boolean,
): Promise<OwnPool> {
  const { default: pg } = await import("pg");
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: timeoutMs,
    keepAlive: true,
    // A pooler refuses settings that it does not know, and would hand them on to others.
    ...(sessions && { statement_timeout: timeoutMs }),
  });
  // An idle connection that breaks is replaced by the next call. Without a listener it would end the process.
  pool.on("error", () => {});
  return pool;
}
