import { repeatedWarning } from "../options/warnings.js";

/** A store did not do what it was asked to: clients are told that it is not available, and the process why. */
export const warnOfStore: (error: unknown) => void = repeatedWarning(
  "UNCLASH_STORE_FAILED",
  (error) => `The store failed: ${causes(error)}`,
);

/** What it says, and what was underneath. */
function causes(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, cause } = error;
  const below = cause === undefined ? "" : causes(cause);
  return below === "" || message.includes(below) ? message : below.includes(message) ? below : `${message} ${below}`;
}
