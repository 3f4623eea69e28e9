import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { ProblemSlug } from "@unclash/core";
import type { JsonObject } from "@unclash/core/json";
import type { Actor } from "../access/actor.js";
import type { Loaded, NewState, ValueOf, VersionOf } from "../states/loaded-state.js";
import type { Schema } from "../states/schema.js";
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
  /**
   * The fields that the content of a POST, PUT or PATCH asks for: of POST and PUT the content (`application/json`), of
   * PATCH what a merge patch (RFC 7396) or a JSON Patch (RFC 6902) makes of a state. `id`, `versionField` and
   * `etagField` are never fields. The content is what the framework's parser has made of it, or its text. Where a
   * strategy has settled a stale write with a value of its own, that is given.
   *
   * @param onto the state that a patch is applied to. @default what `represent` shows of `current`, else `current`
   * @throws GuardError 415 for another media type, 400 for what is malformed, an `id` that is not the resource's too,
   *   409 `invalid-state` where a `test` fails, 422 where a path is not there, or what comes of it is no object
   * @throws UsageError where no parser has read the content, where there is no state to apply a patch to, and for a
   *   schema, a promise or `{ version, value }` as `onto`
   */
  applyChange(onto?: object | null): Promise<JsonObject>;
  /**
   * The same, held against a schema of any library that speaks Standard Schema: gives its output.
   *
   * @throws GuardError 422 besides, with a pointer to each thing that is not valid
   */
  applyChange<Given extends Schema>(
    onto: object | null | undefined,
    schema: Given,
  ): Promise<StandardSchemaV1.InferOutput<Given>>;
  /**
   * The id that the content of a POST gives to what it makes; `undefined` where it gives none.
   *
   * @throws GuardError as `applyChange` does; 400 for what is no id
   */
  readId(): string | undefined;
  /**
   * Reads from the query (`limit`, `after`) which page of a list is asked for.
   *
   * @example
   *   const page = readPage();
   *   res.json(page.answer(await db.articles({ idAbove: page.after, limit: page.rowsMax })));
   *
   * @throws GuardError 400 for a limit below 1, a cursor that no page gave, and a parameter that is not in `parameters`
   */
  readPage(options?: PageOptions<ValueOf<State>>): ListPage<State>;
  readonly outcome: WriteOutcome<State>;
}

/** How a list is paged. */
export interface PageOptions<Value = unknown> {
  /** Items of a page where the request names no limit. @default requestLimits.pageSizeDefault, 20 */
  readonly limitDefault?: number;
  /** Items of a page at most; a larger limit is cut to it. @default requestLimits.pageSizeMax, 100 */
  readonly limitMax?: number;
  /**
   * What the list is ordered by, where that is not the `id`. It must be unique, and a text of at most 1,024 bytes.
   * Cursors hold it, and clients can read them: it must be nothing that `represent` keeps from them.
   */
  position?(row: Value): string | number;
  /**
   * Query parameters that the list takes besides `limit` and `after`: its filters, which the handler reads itself. The
   * `Link` to the next page keeps them; all others are 400. @default []
   */
  readonly parameters?: readonly string[];
}

/** A page of a list that is asked for. */
export interface ListPage<State extends Loaded> {
  /**
   * Rows to ask the database for, at most: one more than the page shows, that is than the client's `limit`. Whether
   * there is that one tells whether there is a next page.
   */
  readonly rowsMax: number;
  /**
   * The `id`, or the `position`, behind which the page begins; `undefined` for the first page. It comes from the
   * client: a cursor can be read and made by anyone, so it is no secret and no proof of access.
   */
  readonly after: string | undefined;
  /**
   * The content of the page, to be sent as JSON: of each row what `represent` shows, with its entity-tag as
   * `etagField`. `ETag`, `Cache-Control` and the `Link` to the next page are put on the response.
   *
   * @param rows as `load` gives them, in their order, the first `rowsMax` of those behind `after`
   * @throws GuardError 304 where the client has this page, 412 where its `If-Match` names another one
   * @throws UsageError for more rows than `rowsMax`, or the one that is `after`
   */
  answer(rows: readonly ListedRow<State>[]): PageContent;
}

/** What `load` gives; any row with a version, where a guard loads none. */
type ListedRow<State extends Loaded> = [VersionOf<State>] extends [never] ? Loaded : State;

/** The content of a page of a list. */
export interface PageContent {
  readonly items: readonly JsonObject[];
  /**
   * The cursor of the next page, for `after`; `null` on the last one. It holds, encoded and not encrypted, the `id` or
   * `position` of the last row that this page shows. Where the page shows none of its rows, it holds that of a hidden
   * row, and the process warns: leave rows that a caller may not see out in the query.
   */
  readonly next: string | null;
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
   *   version as a member `version` (and `modifiedAt`, a `Date`, if it likes)
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
