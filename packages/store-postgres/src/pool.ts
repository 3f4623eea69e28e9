import { StoreError } from "@unclash/core";
import type { PostgresClient, PostgresPool } from "./driver.js";
import { transactionStatusOf } from "./transaction-status.js";

// More than a pool has, unless each of its connections is in a transaction as soon as it is made.
const triesMax = 100;

const warned = new WeakSet<PostgresPool>();

/**
 * Borrows a connection on which no transaction is open. One that the app gave back within a transaction is closed, so
 * that the server rolls back what nobody will commit, and another one is asked for.
 *
 * @throws what the pool throws, and a StoreError `not-applied` where all that it lends are in a transaction
 */
export async function connectIdle(pool: PostgresPool): Promise<PostgresClient> {
  for (let tries = 1; ; tries++) {
    const client = await pool.connect();
    const status = transactionStatusOf(client);
    if (status === "I" || status === undefined) return client;
    client.on("error", ignoreError);
    client.release(true);
    warnOfPool(pool);
    if (tries === triesMax) throw new StoreError(openTransaction, "not-applied");
  }
}

/**
 * Whether what a client was just asked for has ended with a transaction of its own, and so is durable: not where a
 * transaction was open around it, nor where the client does not tell.
 */
export function isCommitted(client: PostgresClient): boolean {
  return transactionStatusOf(client) === "I";
}

/** Why what was carried out on such a connection is not acknowledged. */
export const openTransaction: string =
  "The pool lent a connection on which a transaction was open, and what is done there is not durable: look " +
  "for a client that is released without COMMIT or ROLLBACK.";

function warnOfPool(pool: PostgresPool): void {
  if (warned.has(pool)) return;
  warned.add(pool);
  process.emitWarning(
    "A client was released to the pool of the PostgreSQL store with a transaction still open on it. It was " +
      "closed, and its transaction rolled back: whoever released it has lost what was written there " +
      "(docs/guide/errors.md#unclash_open_transaction).",
    { type: "UnclashWarning", code: "UNCLASH_OPEN_TRANSACTION" },
  );
}

const guards = new WeakMap<PostgresPool, { stores: number; readonly end: () => void }>();
const guarded = new WeakSet<PostgresClient>();

/**
 * Keeps the connections of a pool from ending the process: an `error` event that nobody listens to would. The server
 * may end a session at any time: while it is being made, between being lent and being used, and while it is idle.
 * Whoever uses such a connection is told by its query.
 *
 * @returns ends it for the pool, once for each call; connections keep their listener
 */
export function guardPool(pool: PostgresPool): () => void {
  const guard = guards.get(pool) ?? startGuard(pool);
  guards.set(pool, guard);
  guard.stores++;
  let isEnded = false;
  return () => {
    if (isEnded) return;
    isEnded = true;
    guard.stores--;
    if (guard.stores > 0) return;
    guards.delete(pool);
    guard.end();
  };
}

function startGuard(pool: PostgresPool): { stores: number; readonly end: () => void } {
  pool.on?.("error", ignoreError);
  // Told before the pool's own listener leaves the connection to whoever borrows it.
  pool.on?.("acquire", guardClient);
  return {
    stores: 0,
    end() {
      pool.removeListener?.("error", ignoreError);
      pool.removeListener?.("acquire", guardClient);
    },
  };
}

function guardClient(client: PostgresClient): void {
  if (guarded.has(client)) return;
  guarded.add(client);
  client.on("error", ignoreError);
}

function ignoreError(): void {}
