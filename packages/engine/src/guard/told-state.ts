import type { LoadedState, StateVersion } from "./loaded-state.js";

/**
 * The state that `updated` was told of. An object is hashed where the guard hashes rows; else it is a row, or a whole state,
 * that has its version as a member.
 *
 * @param before the state that was loaded; nothing where the request creates one
 * @throws TypeError for a row without a version, where the guard does not hash rows
 */
export function toldState(given: StateVersion | LoadedState, before: LoadedState | undefined): LoadedState {
  if (typeof given !== "object" || given instanceof Date) return { version: given };
  const hashes = before !== undefined && typeof before.version === "object" && !(before.version instanceof Date);
  if (hashes) return { version: given };
  const version = "version" in given ? given.version : undefined;
  if (!isPlainVersion(version)) {
    if (before === undefined) return { version: given };
    throw new TypeError(
      "updated() was given an object without a `version`: give it the new version, or a row that has one under that name.",
    );
  }
  const etag = "etag" in given && typeof given.etag === "string" && /^".*"$/.test(given.etag) ? given.etag : undefined;
  const modifiedAt = "modifiedAt" in given ? given.modifiedAt : undefined;
  return {
    version,
    ...(etag !== undefined && { etag }),
    ...((modifiedAt instanceof Date || typeof modifiedAt === "number") && { modifiedAt }),
  };
}

function isPlainVersion(version: unknown): version is number | bigint | string | Date {
  return (
    version instanceof Date || typeof version === "number" || typeof version === "bigint" || typeof version === "string"
  );
}
