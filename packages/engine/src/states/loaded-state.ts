import type { Moment } from "@unclash/core";

/**
 * What tells one state of a resource from all others.
 *
 * - a number or bigint: a counter that every write raises. Its entity-tag is `"5"`.
 * - a `Date`: when the state was written. Its entity-tag holds the milliseconds; a database that keeps microseconds compares
 *   unequal with what became of them in JavaScript.
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
