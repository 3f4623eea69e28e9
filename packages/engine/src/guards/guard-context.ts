import type { ProblemSlug } from "@unclash/core";
import type { Actor } from "../access/actor.js";
import type { Loaded, NewState, ValueOf, VersionOf } from "../states/loaded-state.js";
import type { SettledWrite } from "./stale-write.js";

/** What a client may ask of a handler besides its work (RFC 7240). */
export type Preference = "return=minimal" | "dry-run";

/**
 * What a handler gets from its guard: the state that the request's preconditions were held against, and `outcome`, by
 * which it tells how its write went.
 */
export interface GuardContext<State extends Loaded, Current = ValueOf<State>, Expected = VersionOf<State>> {
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
  readonly outcome: WriteOutcome<State>;
}

/** The context of a handler; with `creates` there may be no current state, as PUT makes what is not there. */
export type ContextOf<State extends Loaded, Creates extends boolean> = GuardContext<
  State,
  UnlessCreated<ValueOf<State>, Creates>,
  UnlessCreated<VersionOf<State>, Creates>
>;

type UnlessCreated<Type, Creates extends boolean> = Creates extends false ? Type : Type | undefined;

/**
 * The outcome of a handler's write, as the handler tells it. Its functions can be taken out:
 * `const { updated, expectRow } = outcome`.
 */
export interface WriteOutcome<State extends Loaded> {
  /**
   * Tells which state the resource has now; without it no `ETag` is sent after an unsafe method.
   *
   * @param state the new version: a number, a `Date`, a string; or the new row, where rows are hashed, or where it has
   * its
   *   version as a member `version` (and `modifiedAt` and an entity-tag `etag`, if it likes)
   * @returns the entity-tag
   */
  updated(state: NewState<State>): string;
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
  expectRow<Given>(row: RowOrAdvice<Given> | null | undefined): Promise<RowIn<Given>>;
  /**
   * The same where the driver tells how many rows were changed.
   *
   * @param count 0 or 1; a driver whose types allow for none, and that gives none, has to be asked for the row
   * @throws GuardError where it is 0
   * @throws UsageError where it is neither 0 nor 1
   */
  expectAffected(count: number | bigint | null | undefined): Promise<void>;
  /**
   * Ends the request with a conflict.
   *
   * @param fresh the state that is there now, where it is known
   * @throws GuardError always
   */
  conflict(fresh?: Loaded | null): never;
  /**
   * Ends the request with a problem: `refuse("duplicate", "The email is taken.", { field: "/email" })`.
   *
   * @throws GuardError always
   */
  refuse(slug: ProblemSlug, detail: string, members?: Readonly<Record<string, unknown>>): never;
  /**
   * Tells that this request has changed nothing, though it fails: a repeat with the same idempotency key may run.
   * Without it, an answer of 5xx, or an error that becomes one, leaves its effect unknown: repeats get 409
   * `idempotency-in-progress` with `outcome: "unknown"`. Of an answer below 500 it says nothing.
   *
   * @example try { await write() } catch (error) { outcome.notApplied(); throw error; } // it was rolled back
   */
  notApplied(): void;
}

/** The row in what a write gave back. */
type RowIn<Given> = Given extends readonly (infer Row)[] ? Row : NonNullable<Given>;

/**
 * A row, rows, or nothing. For what is neither, the type is a text that says what to give: an editor shows it.
 */
type RowOrAdvice<Given> =
  Given extends PromiseLike<unknown>
    ? "a promise: put `await` before the write"
    : Given extends { readonly rows: readonly unknown[]; readonly rowCount: unknown }
      ? "a whole result: give its `rows`"
      : Given extends { readonly affectedRows: unknown }
        ? "a whole result: call expectAffected(result.affectedRows)"
        : Given extends { readonly changes: number | bigint }
          ? "a whole result: call expectAffected(result.changes)"
          : Given extends number | bigint
            ? "a count: call expectAffected(count)"
            : Given extends object | null | undefined
              ? Given
              : "neither a row nor rows";
