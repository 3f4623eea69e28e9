import { UsageError } from "@unclash/core";
import { describeValue, isPromise } from "@unclash/core/options";
import type { Moment } from "@unclash/core/store";

/**
 * What tells one state of a resource from all others.
 *
 * - a number or bigint: a counter that every write raises. Its entity-tag is `"5"`.
 * - a `Date`: when the state was written. Its entity-tag holds the milliseconds; a database that keeps microseconds
 *   compares unequal with what became of them in JavaScript.
 * - a string: an entity-tag in its quotes, or any version of the app's own, such as a UUID or a row's `xmin`.
 * - an object: the row itself. Its entity-tag is a digest of its content.
 */
export type StateVersion = number | bigint | Date | string | object;

/** A resource as the app's own database has it: what `load` gives. */
export interface LoadedState {
  readonly version: StateVersion;
  /** The row, or whatever the handler wants of it: it gets it as `current`. */
  readonly value?: unknown;
  /** An entity-tag of the app's own, quotes included, in place of the one that is made from `version`. */
  readonly etag?: string;
  /** When the state was written: for `Last-Modified`, and for clients that only know dates. */
  readonly modifiedAt?: Date | Moment;
  /** Who wrote it, as others may be told. */
  readonly by?: string | null;
}

/** The state of a guard that loads none. */
export interface Unloaded extends LoadedState {
  readonly version: never;
  readonly value?: undefined;
}

/** The type of the row that `load` gives. */
export type ValueOf<State extends LoadedState> = State extends LoadedState
  ? "value" extends keyof State
    ? State["value"]
    : undefined
  : never;

/** The type of the version that `load` gives: what goes into the `WHERE` of the write. */
export type VersionOf<State extends LoadedState> = State["version"];

/** Something, or the promise of it. */
export type Awaitable<T> = T | Promise<T>;

/**
 * The state that `updated` was told of. An object is hashed where the guard hashes rows; else it is a row, or a whole
 * state, that has its version as a member.
 *
 * @param before the state that was loaded; nothing where the request creates one
 * @throws UsageError for nothing, and for a row without a version, where the guard does not hash rows
 */
export function updatedState(given: StateVersion | LoadedState, before: LoadedState | undefined): LoadedState {
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
