import { inspect, isDeepStrictEqual } from "node:util";
import { ConfigurationError, StoreError } from "@unclash/core";
import { messageOf } from "@unclash/core/store";
import { type PostgresClient, type PostgresPool, type Row, rowsOf, textQuery } from "./driver.js";
import { sqlStateOf, storeError } from "./failure.js";
import { assertMigrated, migrate } from "./migrate.js";
import type { ResolvedOptions } from "./options.js";
import { connectIdle, openTransaction } from "./pool.js";
import { transactionStatusOf } from "./transaction-status.js";

/** What a server says of itself. */
export interface Server {
  /** Whether an acknowledged commit survives a crash of the machine. */
  readonly isDurable: boolean;
  /** What the sessions' `synchronous_commit` was when the store was opened. */
  readonly synchronousCommit: string;
}

const oldestVersion = 130_000;

/**
 * Checks the server, and makes the schema ready. It may take longer than a call: a minute, where another process is at
 * it.
 *
 * @throws ConfigurationError where the server, or the schema, is none that the store can use
 * @throws StoreError where the server can't be reached
 */
export async function openServer(
  pool: PostgresPool,
  { sourceOption, schema, migrate: shouldMigrate, timeoutMs }: ResolvedOptions,
): Promise<Server> {
  const limitMs = Math.max(timeoutMs, 60_000);
  const client = await within(connectIdle(pool), timeoutMs, (late) => late.release()).catch((error: unknown) => {
    throw connectionError(error, sourceOption);
  });
  const ignore = (): void => {};
  client.on("error", ignore);
  let isUsable = false;
  try {
    await within(checkClient(client, sourceOption), timeoutMs);
    const server = await within(checkServer(client, sourceOption), timeoutMs);
    if (shouldMigrate) await within(migrate(client, schema), limitMs);
    else await within(assertMigrated(client, schema), timeoutMs);
    isUsable = true;
    return server;
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    throw storeError(error, "not-applied");
  } finally {
    client.release(!isUsable);
    if (isUsable) client.removeListener("error", ignore);
  }
}

// 28: the role, its password or its host is not let in. 3D000: there is no such database.
const refused = /^(28|3D000)/;

function connectionError(error: unknown, sourceOption: string): ConfigurationError | StoreError {
  if (error instanceof StoreError) return error;
  const message = messageOf(error);
  if (refused.test(sqlStateOf(error) ?? "") || message.startsWith("SASL:")) {
    return new ConfigurationError(sourceOption, `must lead to a database that its role may use: ${message}`);
  }
  if (isUnreadable(error)) return new ConfigurationError(sourceOption, `must be one that pg can read: ${message}`);
  return new StoreError(`PostgreSQL cannot be reached: ${message}`, "not-applied", { cause: error });
}

function isUnreadable(error: unknown): boolean {
  return (
    error instanceof URIError || (error instanceof TypeError && "code" in error && error.code === "ERR_INVALID_URL")
  );
}

// What a pool changes of answers shows in one that has all that the store reads, asked for as the store asks.
async function checkClient(client: PostgresClient, sourceOption: string): Promise<void> {
  const result = await client.query(
    textQuery("SELECT $1::text, 9007199254740991::bigint, 1::integer, true, NULL::text", [probe]),
  );
  if (!isDeepStrictEqual(result?.rows, [[probe, "9007199254740991", "1", "t", null]])) {
    throw new ConfigurationError(
      sourceOption,
      `must give the rows of a query with rowMode "array" and types of its own as arrays of the texts that ` +
        "the server sent: without binary: true, and without anything that maps rows. It gave " +
        `${inspect(result?.rows).slice(0, 200)}`,
    );
  }
  const status = transactionStatusOf(client);
  if (status === undefined) {
    throw new ConfigurationError(
      sourceOption,
      "must lend clients that tell whether a transaction is open, as those of pg do (getTransactionStatus): " +
        "on others a commit may not be durable. An old pg-native does not tell",
    );
  }
  if (status !== "I") throw new StoreError(openTransaction, "not-applied");
}

const probe = "snake_case é €";

async function checkServer(client: PostgresClient, sourceOption: string): Promise<Server> {
  const [row] = rowsOf(
    await client.query(
      textQuery(
        `SELECT pg_catalog.current_setting('server_version_num'), pg_catalog.current_setting('server_encoding'),
          pg_catalog.current_setting('default_transaction_isolation'), pg_catalog.current_setting('fsync'),
          pg_catalog.current_setting('synchronous_commit'),
          pg_catalog.current_setting('client_encoding')`,
        [],
      ),
    ),
  );
  assertUsable(row, sourceOption);
  const [, , , fsync, synchronousCommit] = row ?? [];
  return {
    isDurable: fsync === "on" && synchronousCommit !== "off",
    synchronousCommit: synchronousCommit ?? "on",
  };
}

function assertUsable(row: Row | undefined, sourceOption: string): void {
  const [version, encoding, isolation, , , clientEncoding] = row ?? [];
  if (!(Number(version) >= oldestVersion)) {
    throw new ConfigurationError(sourceOption, `must lead to PostgreSQL 13 or newer, not ${version}`);
  }
  if (encoding !== "UTF8")
    throw new ConfigurationError(sourceOption, `must lead to a database in UTF8, not ${encoding}`);
  if (clientEncoding !== "UTF8") {
    throw new ConfigurationError(
      sourceOption,
      `must lead to sessions whose client_encoding is UTF8, not ${clientEncoding}`,
    );
  }
  if (isolation !== "read committed") {
    throw new ConfigurationError(
      sourceOption,
      `must lead to sessions whose default_transaction_isolation is "read committed", not "${isolation}": ` +
        "set it for the role. In any other, commits that wait for each other would not see what the other wrote",
    );
  }
}

async function within<T>(work: Promise<T>, limitMs: number, late?: (result: T) => void): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let isLate = false;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      isLate = true;
      reject(new StoreError(`PostgreSQL did not answer within ${limitMs} ms.`, "not-applied"));
    }, limitMs);
  });
  work.then(
    (result) => {
      if (isLate) late?.(result);
    },
    () => {},
  );
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
