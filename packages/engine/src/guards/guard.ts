import type { ProblemSlug } from "@unclash/core";
import type { Actor } from "../access/actor.js";
import type { LoadedState, StateVersion, ValueOf, VersionOf } from "../states/loaded-state.js";
import type { SettledWrite } from "./stale-write.js";

/** What a client may ask of a handler besides its work (RFC 7240). */
export type Preference = "return=minimal" | "dry-run";

/** A row: an object, and no array. */
export type RowLike = object & { readonly [Symbol.iterator]?: never };

/**
 * What a handler has of its guard: the state that the request's preconditions were held against, and the ways to tell
 * how it went. Its functions can be taken out: `const { updated, expectRow } = guard`.
 */
export interface Guard<State extends LoadedState, Current = ValueOf<State>, Expected = VersionOf<State>> {
  /** The row that `load` gave; `undefined` where the request is to create it, or is for no single resource. */
  readonly current: Current;
  /** The version that `load` gave: what the write's `WHERE` compares with. */
  readonly expected: Expected;
  /** The entity-tag of that state, quotes included. */
  readonly etag: string | undefined;
  readonly actor: Actor | undefined;
  /**
   * The request's idempotency key, with its scope, hashed: 43 characters for a unique column of the app's own.
   * `undefined` where the request has none, or the guard no `idempotency`.
   */
  readonly idempotencyKey: string | undefined;
  /** Why a write for an earlier state was let through; `undefined` for one that is not stale. */
  readonly settled: SettledWrite | undefined;
  /**
   * Whether the client prefers this. To ask is to promise it: the answer then says so in `Preference-Applied`. After a
   * `dry-run` no entity-tag is sent, and no answer is kept.
   */
  prefers(preference: Preference): boolean;
  /**
   * Tells that this request has changed nothing, though it fails: a repeat with the same idempotency key may run.
   * Without it, an answer of 5xx, or an error that becomes one, leaves its effect unknown: repeats get 409
   * `idempotency-in-progress` with `outcome: "unknown"`. Of an answer below 500 it says nothing.
   *
   * @example try { await write() } catch (error) { guard.notApplied(); throw error; } // the transaction is rolled back
   */
  notApplied(): void;
  /**
   * Tells which state the resource has now; without it no `ETag` is sent after an unsafe method.
   *
   * @param state the new version: a number, a `Date`, a string; or the new row, where rows are hashed, or where it has
   * its
   *   version as a member `version` (and `modifiedAt` and an entity-tag `etag`, if it likes)
   * @returns the entity-tag
   */
  updated(state: StateVersion | LoadedState): string;
  /**
   * Ends the request with a conflict.
   *
   * @param fresh the state that is there now, where it is known
   * @throws GuardError always
   */
  conflict(fresh?: LoadedState | null): never;
  /**
   * Makes sure that a compare-and-set write has changed its one row. Where it has not, the state is loaded again: the
   * request ends with 404, or with the conflict that it then meets. To wait for it is the way to the row, but what it
   * says counts without `await` too: no success is sent after a write that has lost.
   *
   * @param row the row that came back, or the rows; nothing, or no rows, where the write changed none
   * @returns the row
   * @throws GuardError where there is none
   * @throws UsageError where there are several, or where it is a count, a driver's whole result, or a promise: its
   * message
   *   says what to give
   */
  expectRow<Row extends RowLike>(rows: readonly Row[]): Promise<Row>;
  expectRow<Row extends RowLike>(row: Row | null | undefined): Promise<Row>;
  /**
   * The same where the driver tells how many rows were changed.
   *
   * @param count 0 or 1; a driver whose types allow for none, and that gives none, has to be asked for the row
   * @throws GuardError where it is 0
   * @throws UsageError where it is neither 0 nor 1
   */
  expectAffected(count: number | bigint | null | undefined): Promise<void>;
  /**
   * Ends the request with a problem: `refuse("duplicate", "The email is taken.", { field: "/email" })`.
   *
   * @throws GuardError always
   */
  refuse(slug: ProblemSlug, detail: string, members?: Readonly<Record<string, unknown>>): never;
}
