import { StoreError } from "@unclash/core";
import {
  assertBudget,
  assertCommit,
  assertHistoryRequest,
  assertKeys,
  assertPosition,
  assertRange,
  type Commit,
  type CommitResult,
  type Store,
} from "@unclash/core/store";
import { Calls } from "./calls.js";
import { Changes } from "./changes.js";
import { clean } from "./clean.js";
import { commitResult, commitValues } from "./commit.js";
import { commitOneResult, commitOneValues } from "./commit-one.js";
import { type OwnPool, openPool, type PostgresPool, type PostgresQuery } from "./driver.js";
import { follow } from "./follow.js";
import { historyPageOf, historyQuery } from "./history.js";
import { listQuery, pageOf } from "./list.js";
import { LockNumbers } from "./locks.js";
import { openServer, type Server } from "./open.js";
import { type PostgresStoreOptions, type ResolvedOptions, resolveOptions } from "./options.js";
import { guardPool } from "./pool.js";
import { snapshotOf } from "./read.js";
import { Statements } from "./statements.js";

/** The connections of a store. */
interface Connections {
  readonly pool: PostgresPool;
  /** How many calls may have one at once. */
  readonly concurrency: number;
  /** Whether there is one more to listen with, and it is wanted. */
  readonly canListen: boolean;
  readonly end: () => Promise<void>;
}

/**
 * Opens a store in a schema of a PostgreSQL database, which any number of processes may use at once. The schema and its
 * tables are made where they are not there. A commit is one round trip and one transaction. `close` ends the pool
 * behind a `url`, and leaves a `pool` open.
 *
 * Its methods reject with a `TypeError` for what no store can carry out (see `assertCommit` in `@unclash/core/store`),
 * and with a `StoreError` after `close`, and where the server can't be reached, failed, or did not answer within
 * `timeoutMs`.
 *
 * @throws ConfigurationError that names the option at fault: also for a role or a database that the server refuses, a
 *   server older than 13, a database that is not in UTF-8, sessions that are not `read committed`, a schema of a newer
 *   release, and where `pg` is not installed
 * @throws StoreError where the server can't be reached within `timeoutMs`
 * @example const store = await createPostgresStore({ url: "postgres://app@db.internal/app" });
 */
export async function createPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const resolved = resolveOptions(options);
  const connections = await connectionsOf(resolved);
  try {
    return storeOn(connections, await openServer(connections.pool, resolved), resolved);
  } catch (error) {
    await connections.end();
    throw error;
  }
}

/** The connections that these options ask for. */
export async function connectionsOf({
  source,
  timeoutMs,
  preparedStatements,
  notifications,
}: Pick<ResolvedOptions, "source" | "timeoutMs" | "preparedStatements" | "notifications">): Promise<Connections> {
  if ("pool" in source) {
    const { pool } = source;
    const count = pool.options?.max ?? 10;
    const canListen = notifications && count > 1;
    const endGuard = guardPool(pool);
    return { pool, concurrency: canListen ? count - 1 : count, canListen, end: async () => endGuard() };
  }
  const pool: OwnPool = await openPool(source.url, source.poolSize + 1, timeoutMs, preparedStatements);
  guardPool(pool);
  return { pool, concurrency: source.poolSize, canListen: notifications, end: () => pool.end() };
}

function storeOn(connections: Connections, server: Server, options: ResolvedOptions): Store {
  const { schema, timeoutMs, queueMax, notifications } = options;
  const { pool, concurrency, canListen } = connections;
  const { synchronousCommit } = server;
  const numbers = new LockNumbers(schema);
  const statements = new Statements(schema, options.preparedStatements);
  const calls = new Calls(pool, { timeoutMs, queueMax, concurrency });
  const changes = new Changes(calls, schema, notifications, canListen ? pool : undefined);
  let closing: Promise<void> | undefined;

  async function submit(commit: Commit): Promise<CommitResult> {
    const result = await carryOut(commit);
    if (result.kind === "committed") changes.committed(commit);
    return result;
  }

  async function carryOut(commit: Commit): Promise<CommitResult> {
    const valuesOfOne = commitOneValues(commit, numbers);
    if (valuesOfOne !== undefined) {
      const queryFor = (waitMs: number): PostgresQuery =>
        statements.callForText("commitOne", valuesOfOne(waitMs, synchronousCommit));
      return calls.write(
        (remainingMs) => queryFor(waitOf(remainingMs)),
        (rows) => commitOneResult(commit, rows),
      );
    }
    const queryFor = (waitMs: number): PostgresQuery =>
      statements.call("commit", commitValues(commit, numbers, waitMs, synchronousCommit));
    return calls.write(
      (remainingMs) => queryFor(waitOf(remainingMs)),
      (rows) => commitResult(commit, rows),
    );
  }

  // The server gives up first, so that it is known that nothing was written.
  function waitOf(remainingMs: number): number {
    return Math.max(1, Math.floor(remainingMs - timeoutMs / 10));
  }

  function assertOpen(): void {
    if (closing !== undefined) throw new StoreError("The PostgreSQL store is closed.", "not-applied");
  }

  async function end(): Promise<void> {
    await calls.close(changes.close());
    await connections.end();
  }

  return {
    capabilities: {
      durability: server.isDurable ? "fsync" : "process",
      failover: options.failover,
      processes: "many",
    },
    async read(keys) {
      assertKeys(keys);
      return calls.read(
        () => statements.call("read", [keys]),
        (rows) => snapshotOf(keys, rows),
      );
    },
    async commit(commit) {
      assertCommit(commit);
      for (const reading of commit.reads) if ("range" in reading) assertPosition(reading.range);
      return submit(commit);
    },
    async list(range) {
      assertRange(range);
      assertPosition(range);
      return calls.read(
        () => listQuery(range, statements),
        (rows) => pageOf(range, rows),
      );
    },
    async history(key, request) {
      assertHistoryRequest(key, request);
      return calls.read(() => historyQuery(key, request, statements), historyPageOf);
    },
    async *follow(after, stop) {
      assertOpen();
      yield* follow(after, stop, { calls, statements, changes });
    },
    watch(wake) {
      assertOpen();
      return changes.watch(wake);
    },
    async clean(budget) {
      assertBudget(budget);
      return clean(budget, calls, statements, numbers);
    },
    async close() {
      closing ??= end();
      await closing;
    },
  };
}
