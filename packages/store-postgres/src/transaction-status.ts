import type { PostgresClient } from "./driver.js";

/**
 * What a session said of its transaction after its last statement: there is none, one is open, or one that failed is.
 */
export type TransactionStatus = "I" | "T" | "E";

const seen = new WeakMap<object, { status: TransactionStatus | undefined }>();

/**
 * The status of a client's transaction, as the server sends it with each `ReadyForQuery`: it costs no round trip.
 *
 * @returns `undefined` where the client does not tell it: one of an old `pg` tells it after its first query here
 */
export function transactionStatusOf(client: PostgresClient): TransactionStatus | undefined {
  return typeof client.getTransactionStatus === "function" ? askedStatus(client) : seenStatus(client);
}

function askedStatus(client: PostgresClient): TransactionStatus | undefined {
  try {
    return statusIn(client.getTransactionStatus?.());
  } catch {
    // An old `pg-native` behind a new `pg` has no such method.
    return undefined;
  }
}

// Before `getTransactionStatus`, `pg` told only those who listened to its connection.
function seenStatus(client: PostgresClient): TransactionStatus | undefined {
  const known = seen.get(client);
  if (known !== undefined) return known.status;
  const { connection } = client;
  if (typeof connection?.on !== "function") return undefined;
  const last: { status: TransactionStatus | undefined } = { status: undefined };
  seen.set(client, last);
  connection.on("readyForQuery", (message) => {
    last.status = statusIn(typeof message === "object" && message !== null && "status" in message && message.status);
  });
  return undefined;
}

function statusIn(value: unknown): TransactionStatus | undefined {
  return value === "I" || value === "T" || value === "E" ? value : undefined;
}
