import { StoreError } from "../errors.js";

/** What callers get to see of a driver's failure; what is a `StoreError` already stays as it is. */
export function asStoreError(engine: string, thrown: unknown, outcome: StoreError["outcome"]): StoreError {
  if (thrown instanceof StoreError) return thrown;
  return new StoreError(`${engine} failed: ${messageOf(thrown)}`, outcome, { cause: thrown });
}

/** What a driver said. */
export function messageOf(thrown: unknown): string {
  // Where a host has several addresses, the message is empty and the reasons stand in `errors`.
  if (thrown instanceof AggregateError && thrown.message === "") return thrown.errors.map(messageOf).join("; ");
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/**
 * Loads a package that whoever uses the store may not have installed: `undefined` then.
 *
 * @throws whatever else `load` throws
 * @example const pg = await ifInstalled(() => import("pg"));
 */
export async function ifInstalled<T>(load: () => Promise<T>): Promise<T | undefined> {
  try {
    return await load();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}
