import { describeValue, isPromise, UsageError } from "@unclash/core";
import type { LoadedState, StateVersion } from "../states/loaded-state.js";

/**
 * The state that `updated` was told of. An object is hashed where the guard hashes rows; else it is a row, or a whole state,
 * that has its version as a member.
 *
 * @param before the state that was loaded; nothing where the request creates one
 * @throws UsageError for nothing, and for a row without a version, where the guard does not hash rows
 */
export function toldState(given: StateVersion | LoadedState, before: LoadedState | undefined): LoadedState {
  if (given === undefined || given === null || isPromise(given)) throw untold(given);
  if (typeof given !== "object" || given instanceof Date) return { version: given };
  const hashes = before !== undefined && typeof before.version === "object" && !(before.version instanceof Date);
  if (Array.isArray(given) && !(hashes && Array.isArray(before.version))) throw untold(given);
  if (hashes) return { version: stateIn(given) ?? given };
  const version = "version" in given ? given.version : undefined;
  if (!isPlainVersion(version)) {
    if (before === undefined) return { version: given };
    throw untold(given);
  }
  const etag = "etag" in given && typeof given.etag === "string" && /^".*"$/.test(given.etag) ? given.etag : undefined;
  const modifiedAt = "modifiedAt" in given ? given.modifiedAt : undefined;
  return {
    version,
    ...(etag !== undefined && { etag }),
    ...((modifiedAt instanceof Date || typeof modifiedAt === "number") && { modifiedAt }),
  };
}

function untold(given: unknown): UsageError {
  const what = isPromise(given) || typeof given !== "object" ? "" : ", without a `version`";
  return new UsageError(
    "updated",
    `must be given the new version, or a row that has one as \`version\`, and was given ${describeValue(given)}${what}`,
  );
}

const membersOfState: ReadonlySet<string> = new Set(["version", "value", "etag", "modifiedAt", "by"]);

/** The row that is hashed, where a state as `load` gives it was handed over in its place. */
function stateIn(given: object): object | undefined {
  if (!("version" in given) || !Object.keys(given).every((name) => membersOfState.has(name))) return undefined;
  return typeof given.version === "object" && given.version !== null ? given.version : undefined;
}

function isPlainVersion(version: unknown): version is number | bigint | string | Date {
  return (
    version instanceof Date || typeof version === "number" || typeof version === "bigint" || typeof version === "string"
  );
}
