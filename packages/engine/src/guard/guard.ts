import type { ProblemSlug } from "@unclash/core";
import type { Actor } from "../actor.js";
import type { LoadedState, StateVersion, ValueOf, VersionOf } from "./loaded-state.js";
import type { SettledWrite } from "./settle-write.js";

/** What a client may ask of a handler besides its work (RFC 7240). */
export type Preference = "return=minimal" | "dry-run";

/**
 * What a handler has of its guard: the state that the request's preconditions were held against, and the ways to tell how it
 * went. Its functions can be taken out: `const { updated, expectOne } = guard`.
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
   * The request's idempotency key, with its scope, hashed: 43 characters for a unique column of the app's own. `undefined`
   * where the request has none, or the guard no `idempotency`.
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
   * Tells which state the resource has now; without it no `ETag` is sent after an unsafe method.
   *
   * @param state the new version: a number, a `Date`, a string; or the new row, where rows are hashed, or where it has its
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
   * Makes sure that a compare-and-set write has changed its one row. Where it has not, the state is loaded again: the request
   * ends with 404, or with the conflict that it then meets.
   *
   * @param changed the number of changed rows, or the row, or the rows, that came back
   * @returns the row
   * @throws GuardError where there is none
   * @throws TypeError where there are several, or where it is a driver's whole result
   */
  expectOne(changed: number | bigint | null | undefined): Promise<void>;
  expectOne<Row>(changed: readonly Row[]): Promise<Row>;
  expectOne<Row extends object>(changed: Row | null | undefined): Promise<Row>;
  /**
   * Ends the request with a problem: `refuse("duplicate", "The email is taken.", { field: "/email" })`.
   *
   * @throws GuardError always
   */
  refuse(slug: ProblemSlug, detail: string, members?: Readonly<Record<string, unknown>>): never;
}
