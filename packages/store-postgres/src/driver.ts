import { ConfigurationError } from "@unclash/core";
import { ifInstalled } from "@unclash/core/store";

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
  query(query: PostgresQuery): Promise<PostgresResult>;
  /** With `true` the connection is closed, not lent again. */
  release(destroy?: boolean): void;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "notification", listener: (message: PostgresNotification) => void): unknown;
  removeListener(event: "error", listener: (error: Error) => void): unknown;
  removeListener(event: "notification", listener: (message: PostgresNotification) => void): unknown;
  /** Whether a transaction is open: `I`, `T` or `E`. Older versions of `pg` tell it by events of `connection`. */
  getTransactionStatus?(): unknown;
  readonly connection?: { on(event: "readyForQuery", listener: (message: unknown) => void): unknown };
}

/** What a client answers to a query, if nobody changed it on its way. */
export interface PostgresResult {
  readonly rows: unknown[];
  readonly rowCount?: number | null;
  readonly command?: string;
}

/** A pool of connections: the part of a `Pool` of `pg` that the store uses. */
export interface PostgresPool {
  connect(): Promise<PostgresClient>;
  readonly options?: { readonly max?: number | undefined };
  on?(event: "error", listener: (error: Error) => void): unknown;
  on?(event: "acquire", listener: (client: PostgresClient) => void): unknown;
  removeListener?(event: "error", listener: (error: Error) => void): unknown;
  removeListener?(event: "acquire", listener: (client: PostgresClient) => void): unknown;
}

/** A pool that the store made for itself. */
export interface OwnPool extends PostgresPool {
  end(): Promise<void>;
}

/** One row of an answer: each value as the server wrote it. */
export type Row = readonly (string | null)[];

// The user may have told `pg` to read numbers in a way of their own. What the server sent is read here, and only here.
const asSent = { getTypeParser: () => (value: string) => value };

/**
 * A query whose rows are texts. With a name the server keeps its plan, which a pooler in transaction mode may not
 * allow.
 */
export function textQuery(text: string, values: PostgresQuery["values"], name?: string): PostgresQuery {
  return { text, values, rowMode: "array", types: asSent, ...(name !== undefined && { name }) };
}

/**
 * The rows of an answer to a {@link textQuery}. A pool of the app's may change what comes: by `binary: true`, by a
 * client that maps rows. To guess at it could take a clash for a commit.
 *
 * @throws NotUnderstoodError
 */
export function rowsOf(result: PostgresResult): readonly Row[] {
  const { rows, rowCount, command }: Partial<PostgresResult> = result ?? {};
  if (!Array.isArray(rows)) throw new NotUnderstoodError();
  const texts = rows.filter(isRow);
  if (texts.length < rows.length || (command === "SELECT" && rowCount !== rows.length)) throw new NotUnderstoodError();
  return texts;
}

function isRow(row: unknown): row is Row {
  return Array.isArray(row) && row.every((value) => typeof value === "string" || value === null);
}

/** An answer is not what the server sends. */
export class NotUnderstoodError extends Error {
  override readonly name = "NotUnderstoodError";

  constructor(
    message = "the pool's answer is not what the server sent: rows must come as arrays of texts, in their order",
  ) {
    super(message);
  }
}

/**
 * Makes a pool of the store's own. `pg` is loaded here and nowhere else: who brings a pool has it already.
 *
 * @throws ConfigurationError where it is not installed
 */
export async function openPool(
  url: string,
  connections: number,
  timeoutMs: number,
  sessions: boolean,
): Promise<OwnPool> {
  const driver = await ifInstalled(() => import("pg"));
  if (driver === undefined) throw new ConfigurationError("url", "needs the package pg: npm install pg");
  return new driver.default.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: timeoutMs,
    keepAlive: true,
    // A pooler refuses settings that it does not know, and would hand them on to others.
    ...(sessions && { statement_timeout: timeoutMs }),
  });
}
