import { setTimeout } from "node:timers/promises";
import { StoreError } from "@unclash/core";

/** For how long a statement waits for the file while another connection has it. */
const busyMsMax = 5_000;

/**
 * Tries until no other connection has the file locked, and leaves the event loop free between two tries: SQLite's own
 * waiting (`busy_timeout`) would hold up the whole server, and the store's own commit that it may be waiting for.
 *
 * @throws StoreError `not-applied` where the file stayed locked, or SQLite failed otherwise
 */
export async function patiently<T>(attempt: () => T, timeoutMs: number = busyMsMax): Promise<T> {
  const until = performance.now() + timeoutMs;
  for (let tries = 1; ; tries++) {
    try {
      return attempt();
    } catch (error) {
      if (!isBusy(error)) throw failure(error);
      if (performance.now() >= until) {
        throw new StoreError(`The file of customers stayed locked for ${timeoutMs} ms.`, "not-applied", {
          cause: error,
        });
      }
    }
    // Jittered, so that two who wait do not meet again and again.
    await setTimeout(1 + Math.random() * Math.min(1 + tries / 16, 8));
  }
}

/** Whether a value that must be unique is taken (SQLITE_CONSTRAINT_UNIQUE, SQLITE_CONSTRAINT_PRIMARYKEY). */
export function isTaken(thrown: unknown): boolean {
  return [2067, 1555].includes(resultCode(thrown));
}

// SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL: the low byte of a code is the primary one.
function isBusy(thrown: unknown): boolean {
  return [5, 6, 15].includes(resultCode(thrown) & 0xff);
}

function resultCode(thrown: unknown): number {
  if (!(thrown instanceof Error)) return 0;
  if ("errcode" in thrown && typeof thrown.errcode === "number") return thrown.errcode;
  // @photostructure/sqlite leaves the code away where `all` fails.
  return thrown.message === "database is locked" ? 5 : 0;
}

function failure(thrown: unknown): unknown {
  const isOfSqlite = thrown instanceof Error && "code" in thrown && thrown.code === "ERR_SQLITE_ERROR";
  if (!isOfSqlite) return thrown;
  const { message } = thrown;
  return new StoreError(`SQLite failed: ${message}`, "not-applied", { cause: thrown });
}
