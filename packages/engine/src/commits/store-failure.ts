import type { StoreError } from "@unclash/core";

const warningPauseMs = 60_000;

let warnedAt = Number.NEGATIVE_INFINITY;
let untold = 0;

/**
 * A store did not do what it was asked to: clients are told that it is not available, and the process why. A warning a
 * minute says it, and how often it happened.
 */
export function warnOfStore(error: StoreError): void {
  untold += 1;
  const now = performance.now();
  if (now - warnedAt < warningPauseMs) return;
  const times = untold === 1 ? "" : ` (${untold} times since the last warning)`;
  warnedAt = now;
  untold = 0;
  process.emitWarning(`The store failed: ${causes(error)}${times}`, {
    type: "UnclashWarning",
    code: "UNCLASH_STORE_FAILED",
    ...(error.stack !== undefined && { detail: error.stack }),
  });
}

/** What it says, and what was underneath. */
function causes(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, cause } = error;
  const below = cause === undefined ? "" : causes(cause);
  return below === "" || message.includes(below) ? message : below.includes(message) ? below : `${message} ${below}`;
}
