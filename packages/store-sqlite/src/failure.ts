import type { StoreError } from "@unclash/core";
import { asStoreError } from "@unclash/core/store";

// The primary result codes of SQLite (sqlite.org/rescode.html) that tell of the file or the machine, not of a
// statement.
type Codes = readonly (readonly [number: number, name: string])[];

const busyCodes: Codes = [
  [5, "SQLITE_BUSY"],
  [6, "SQLITE_LOCKED"],
  // The connection lost a race for the write-ahead log many times in a row.
  [15, "SQLITE_PROTOCOL"],
];
const brokenCodes: Codes = [
  [7, "SQLITE_NOMEM"],
  [8, "SQLITE_READONLY"],
  [10, "SQLITE_IOERR"],
  [11, "SQLITE_CORRUPT"],
  [13, "SQLITE_FULL"],
  [14, "SQLITE_CANTOPEN"],
  [26, "SQLITE_NOTADB"],
];

/** Whether the failure means that another connection is at work, so that the same may succeed a moment later. */
export function isBusy(thrown: unknown): boolean {
  return hasCode(thrown, busyCodes);
}

/** Whether the file or the machine failed, so that any other commit would have failed as well. */
export function isBroken(thrown: unknown): boolean {
  return isBusy(thrown) || hasCode(thrown, brokenCodes);
}

/** Whether there was no room on the disk. */
export function isFull(thrown: unknown): boolean {
  return hasCode(thrown, [[13, "SQLITE_FULL"]]);
}

/** What callers get to see of a driver's failure. */
export function storeError(thrown: unknown, outcome: StoreError["outcome"]): StoreError {
  return asStoreError("SQLite", thrown, outcome);
}

// node:sqlite gives the (extended) result code as a number, whose low byte is the primary one; better-sqlite3 its name.
function hasCode(thrown: unknown, codes: Codes): boolean {
  if (!(thrown instanceof Error)) return false;
  if ("errcode" in thrown && typeof thrown.errcode === "number") {
    const primary = thrown.errcode & 0xff;
    return codes.some(([number]) => number === primary);
  }
  if (!("code" in thrown) || typeof thrown.code !== "string") return false;
  const { code } = thrown;
  return codes.some(([, name]) => code === name || code.startsWith(`${name}_`));
}
