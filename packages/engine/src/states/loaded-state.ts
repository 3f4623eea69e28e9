import { UsageError } from "@unclash/core";
import { describeValue, isPromise } from "@unclash/core/options";
import type { Moment } from "@unclash/core/store";

/**
 * What tells one state of a resource from all others.
 *
 * - a number or bigint: a counter that every write raises. Its entity-tag is `"5"`.
 * - a `Date`: when the state was written. Its entity-tag holds the milliseconds; a database that keeps microseconds
 *   compares unequal with their values in JavaScript.
 * - a string: an entity-tag in its quotes, or any version of the app's own, such as a UUID or a row's `xmin`.
 * - an object: the row itself. Its entity-tag is a digest of its content.
 */
export type StateVersion = number | bigint | Date | string | object;

/** A resource as the app's own database has it, beside what is known of it. */
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

/**
 * A row that has its version as a member `version`. A member `modifiedAt` that is a `Date` means what it means in a
 * `LoadedState`; all others are the app's own, a column `etag` too: it may be that of a file.
 */
export interface VersionedRow {
  readonly version: StateVersion;
  /** An object with a `value` is a `LoadedState`: a row that has such a column is given as one. */
  readonly value?: never;
}

/** What `load` gives: a state, or a row that has a version. */
export type Loaded = LoadedState | VersionedRow;

/** The state of a guard that loads none. */
export interface Unloaded extends LoadedState {
  readonly version: never;
  readonly value?: undefined;
}

/** The type of the row that `load` gives. */
export type ValueOf<State extends Loaded> = State extends Loaded
  ? "value" extends keyof State
    ? State["value"]
    : State
  : never;

/** The type of the version that `load` gives: what goes into the `WHERE` of the write. */
export type VersionOf<State extends Loaded> = State["version"];

/** A version that is no row. */
export type ScalarVersion = number | bigint | string | Date;

/**
 * What `updated` takes: the new version, or the new row; a row without a version only where rows are hashed, or where
 * nothing was loaded.
 */
export type NewState<State extends Loaded> = [VersionOf<State>] extends [never]
  ? StateVersion | LoadedState
  : VersionOf<State> extends ScalarVersion
    ? ScalarVersion | { readonly version: ScalarVersion }
    : StateVersion | LoadedState;

/** Something, or the promise of it. */
export type Awaitable<T> = T | Promise<T>;

/**
 * What `load`, or a caller of `check`, gave, as a state: a row becomes the value of one.
 *
 * @param fault makes the error for what is neither
 */
export function stateOf(given: Loaded, fault: (problem: string) => Error): LoadedState {
  if (typeof given !== "object" || Array.isArray(given)) {
    const advice = Array.isArray(given) ? "one row, such as rows[0]" : "a row with a `version`, or { version, value }";
    throw fault(`gave ${describeValue(given)}: it must give ${advice}, or nothing where there is none`);
  }
  if (isState(given))
    return "value" in given ? given : { ...rowFacts(given), ...given, version: given.version, value: given };
  if (!("value" in given)) return { version: given.version, value: given, ...rowFacts(given) };
  const column = Object.keys(given).find((name) => !membersOfState.has(name));
  throw fault(
    `gave an object with \`value\` and \`${column}\`, which may be a state or a row: a row with a column \`value\` ` +
      "must be given as { version: row.version, value: row }",
  );
}

/** Whether something is a state as `load` gives it, where a row is wanted: `{ version, value }`. */
export function isStateForRow(given: unknown): boolean {
  if (typeof given !== "object" || given === null || !("version" in given) || !("value" in given)) return false;
  return Object.keys(given).every((name) => membersOfState.has(name));
}

/**
 * Whether an object has no column of its own, as a row of getters has none either. In a row, a number may be anything,
 * and a name may be a secret.
 */
function isState(given: Loaded): given is LoadedState {
  return Object.keys(given).every((name) => membersOfState.has(name));
}

/** What a row tells of its state besides its version. */
function rowFacts(row: object): Pick<LoadedState, "modifiedAt"> {
  return "modifiedAt" in row && row.modifiedAt instanceof Date ? { modifiedAt: row.modifiedAt } : {};
}

/**
 * The state that `updated` was told of. An object is hashed where the guard hashes rows; else it is a row, or a whole
 * state, that has its version as a member.
 *
 * @param before the state that was loaded; nothing where the request creates one
 * @throws UsageError for nothing, and for a row without a version, where the guard does not hash rows
 */
export function updatedState(given: StateVersion | Loaded, before: LoadedState | undefined): LoadedState {
  if (given === undefined || given === null || isPromise(given)) throw untold(given);
  if (typeof given !== "object" || given instanceof Date) return { version: given };
  const hashes = before !== undefined && typeof before.version === "object" && !(before.version instanceof Date);
  if (Array.isArray(given) && !(hashes && Array.isArray(before.version))) throw untold(given);
  if (hashes) return { version: stateIn(given) ?? given };
  const version = "version" in given ? given.version : undefined;
  if (!isScalarVersion(version)) {
    if (before === undefined) return { version: given };
    throw untold(given);
  }
  if (!isState({ ...given, version })) return { version, ...rowFacts(given) };
  const { etag, modifiedAt } = { etag: undefined, modifiedAt: undefined, ...given };
  const isTag = typeof etag === "string" && /^".*"$/.test(etag);
  return { version, ...(isTag && { etag }), ...(typeof modifiedAt === "number" && { modifiedAt }), ...rowFacts(given) };
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

function isScalarVersion(version: unknown): version is ScalarVersion {
  return (
    version instanceof Date || typeof version === "number" || typeof version === "bigint" || typeof version === "string"
  );
}
