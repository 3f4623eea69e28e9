import type { StoreError } from "@unclash/core";
import { asStoreError } from "@unclash/core/store";

/**
 * What callers get to see of a failure of `pg`, for a statement that may have reached the server.
 *
 * An error that the server reports for the statement means that its transaction was rolled back: a deadlock, a lock or
 * statement that took too long, a full disk, a server that only reads. One that ends the connection says nothing: a
 * server that was told to stop may have committed before (57P01), and a pooler speaks for a server that it lost.
 */
export function sentError(thrown: unknown): StoreError {
  const isRolledBack = isRejection(thrown) && sqlStateOf(thrown) !== undefined;
  return storeError(thrown, isRolledBack ? "not-applied" : "unknown");
}

/** What callers get to see of a failure. */
export function storeError(thrown: unknown, outcome: StoreError["outcome"]): StoreError {
  return asStoreError("PostgreSQL", thrown, outcome);
}

/**
 * Whether the server rejected the statement and its session is as good as before. Any other failure leaves the
 * connection in doubt, and errors of these classes say that it is the session that can't be used: the app may have
 * changed its role or its settings, or left a transaction open on it.
 *
 * - 0A: a plan that was kept does not fit any more
 * - 25: a transaction that is open, only reads, or has the wrong isolation
 * - 26: a prepared statement is gone (`DISCARD ALL`)
 * - 42: what a role may not use, or does not see
 * - 22P02: values are read in another way (`array_nulls`)
 * - 22P05: a text can't be sent in the session's encoding (`client_encoding`)
 */
export function leavesConnectionUsable(thrown: unknown): boolean {
  return isRejection(thrown) && !/^(0A|25|26|42|22P02|22P05)/.test(sqlStateOf(thrown) ?? "");
}

function isRejection(thrown: unknown): boolean {
  // The class 08 is about connections. Poolers say ERROR there too: PgBouncer before 1.16 for whatever it says itself,
  // that its server crashed among it (08P01), and Odyssey (08006).
  return severityOf(thrown) === "ERROR" && sqlStateOf(thrown)?.startsWith("08") !== true;
}

/** The five characters by which PostgreSQL names what went wrong; `undefined` where it did not say anything. */
export function sqlStateOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !("code" in thrown) || typeof thrown.code !== "string") return undefined;
  return /^[0-9A-Z]{5}$/.test(thrown.code) ? thrown.code : undefined;
}

// The word is translated by a server's `lc_messages`; the one that is not comes second, but `pg` does not pass it on.
// The words for an error that ends the connection differ from this one in every language that PostgreSQL speaks.
function severityOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !("severity" in thrown)) return undefined;
  return typeof thrown.severity === "string" ? thrown.severity : undefined;
}
