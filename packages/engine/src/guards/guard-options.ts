import type { Problem } from "@unclash/core";
import type { RequestOptions } from "../access/request-options.js";
import type { GuardedConflicts } from "../conflicts/records/guarded-conflicts.js";
import type { ConflictOptions, StateOptions } from "../conflicts/state-options.js";
import type { RequestLimits } from "../http/request-limits.js";
import type { GuardIdempotency } from "../idempotency/guard-keeping.js";
import type { NamedState } from "../preconditions/named-state.js";
import type { ContentDigest } from "../states/digest.js";
import type { Awaitable, Loaded, ValueOf } from "../states/loaded-state.js";

/** The limits that hold in guards, where the app itself reads content and lists. */
export type GuardRequestLimits = Omit<RequestLimits, (typeof limitsOfCollections)[number]>;

/** The limits that hold in collections alone. */
export const limitsOfCollections = ["bodyBytesInFlightMax", "slowBodyMs", "listScanMax"] as const;

/** The same as for collections, and where the records are kept. */
export interface GuardConflictOptions extends ConflictOptions {
  /**
   * Where conflicts are recorded: what `unclash.guardConflicts(name, { … })` returns. `manual` and `recordRefusals`
   * need it. @default nowhere
   */
  readonly records?: GuardedConflicts;
}

/** How guards treat requests, whatever they guard: what `createGuards` takes for all of them, and each may say anew. */
export interface SharedGuardOptions<Native> extends RequestOptions<Native>, StateOptions {
  readonly conflicts?: GuardConflictOptions;
  /** Caps on what one request may hold and cost; those on what the app reads itself are the app's to set. */
  readonly requestLimits?: Partial<GuardRequestLimits>;
  /** The member of a PUT's or merge patch's content that names the version; `false`: none does. @default false */
  readonly versionField?: string | false;
  /** The member of such content that names the entity-tag, as the items of a list may hold it. @default false */
  readonly etagField?: string | false;
  /**
   * Whether the content of POST, PUT and PATCH is checked before preconditions are (RFC 9110 §13.2.1): its media type,
   * its JSON, its `id`. A POST may have no content, as that of an action. That is what `applyChange` checks; without
   * this, it does so once the handler runs.
   *
   * @default false
   */
  readonly checkContent?: boolean;
  /**
   * Whether PATCH takes `application/json` as a merge patch (RFC 7396), as in a collection. Otherwise `applyChange` and
   * `checkContent` refuse it: 415 with `Accept-Patch`.
   *
   * @default false
   */
  readonly jsonPatchAsMerge?: boolean;
  /** The digest for rows that are hashed. @default "sha-256" */
  readonly entityTags?: ContentDigest;
  /**
   * The request headers by which a handler chooses what it shows, such as `accept-language`: for `Vary`, on 200 and
   * on 304. A handler that sets it itself does so on 200 alone, since a 304 never reaches it. @default []
   */
  readonly vary?: readonly string[];
  /**
   * Where the answers to requests with `Idempotency-Key` are kept; `false`: nowhere, and the header is not looked at.
   * It wants an `identify`, or its own `anonymous`: an answer is given again to the caller alone that got it first.
   *
   * @default false
   */
  readonly idempotency?: GuardIdempotency<Native> | false;
  /**
   * The name of a request's route for observers; return a pattern, so that it can be a label of metrics. It is called
   * once a request has ended, and only where somebody observes.
   *
   * @default the route's pattern in Express, Koa and Fastify; `node:http` has no routes, and so no names for them
   * @example route: () => "/articles/{id}"
   */
  route?(request: Native): string | undefined;
  /**
   * An app's own format for errors: text, or what becomes JSON. What it gives is sent in place of the problem; status
   * and headers stay.
   */
  problem?(problem: Problem, request: Native): unknown;
  /** `next`: problems go to the framework's error handler, as a `GuardError`. @default "answer" */
  readonly onError?: "answer" | "next";
  /** Everything passes, and what would have been stopped is counted: to see what a guard would do. @default false */
  readonly reportOnly?: boolean;
}

/**
 * How a route, or a whole resource, is guarded. `Native` is the framework's request.
 *
 * Its functions are written as methods so that a guard of rows can be kept where one of anything is asked for; they are
 * called without a `this`.
 */
export interface GuardOptions<Native, State extends Loaded, Creates extends boolean = boolean>
  extends SharedGuardOptions<Native> {
  /**
   * Finds the state that a request is for; nothing where there is none, which is 404. It runs before the handler, and
   * once more where a write has changed no row. What it throws reaches the framework's error handler. Without it,
   * preconditions are not looked at here: the handler calls `check` with what it loads itself.
   *
   * @example load: ({ params }) => db.findArticle(params.id) // a row with a `version`
   */
  load?(request: Native): Awaitable<State | null | undefined>;
  /**
   * The name of the resource in problems; `null` where a request is for no single one, such as a list or a POST to it:
   * then `load` is not called. For PUT, PATCH and DELETE there always is one where there is a `load`; nothing in its
   * place is an error of the app, since a parameter that is not there would let a write past the guard.
   *
   * @default the request's path
   */
  resource?(request: Native): string | null;
  /** Whether PUT makes a resource that is not there: the handler then gets no `current`. @default false */
  readonly creates?: Creates;
  /**
   * The value of an earlier state, where the app still has it; nothing where the resource never had such a state. A
   * stale write is let through by a strategy only where this finds its base; counted versions, which all were, need it
   * for functions alone.
   */
  past?(named: NamedState, request: Native): Awaitable<ValueOf<State> | null | undefined>;
  /**
   * What this caller may see of a state, as JSON (dates become texts): for `current.representation` and `changes` of a
   * conflict. Its `id`, its `versionField` and its `etagField` are not compared; without a `versionField`, leave the
   * version out. Nothing: neither the state nor its version. `first-write-wins`, functions and `discloseCurrent` need
   * it.
   */
  represent?(value: ValueOf<State>, request: Native): object | undefined;
}
