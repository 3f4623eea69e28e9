import type { Problem } from "@unclash/core";
import type { Identity } from "../access/actor.js";
import type { TrustedProxies } from "../access/client-address.js";
import type { Observer } from "../access/observe.js";
import type { Strategy, StrategyName } from "../conflicts/strategy.js";
import type { RequestFacts } from "../http/request.js";
import type { Limits } from "../http/request-limits.js";
import type { ContentDigest } from "../states/digest.js";
import type { Awaitable, LoadedState, ValueOf } from "../states/loaded-state.js";
import type { GuardIdempotency } from "./guard-idempotency.js";

/**
 * How a route, or a whole resource, is guarded. `Native` is the framework's request.
 *
 * Its functions are written as methods so that a guard of rows can be kept where one of anything is asked for; they are
 * called without a `this`.
 */
export interface GuardOptions<Native, State extends LoadedState> {
  /**
   * Finds the state that a request is for; nothing where there is none, which is 404. It runs before the handler, and once
   * more where a write has changed no row. What it throws reaches the framework's error handler. Without it, preconditions are
   * not looked at here: the handler calls `check` with what it loads itself.
   */
  load?(request: Native): Awaitable<State | null | undefined>;
  /**
   * The name of the resource in problems; `null` where a request is for no single one, such as a list or a POST to it: then
   * `load` is not called. For PUT, PATCH and DELETE there always is one where there is a `load`; nothing in its place is an
   * error of the app, since a parameter that is not there would let a write past the guard.
   *
   * @default the request's path
   */
  resource?(request: Native): string | null;
  /** Whether PUT makes a resource that is not there: the handler then gets no `current`. @default false */
  readonly creates?: boolean;
  /** Whether an unsafe request must say which state it is for (428 otherwise). @default "required" */
  readonly precondition?: "required" | "optional";
  /** Whether `If-Unmodified-Since` alone satisfies that. Two writes fit in one second. @default false */
  readonly datesSuffice?: boolean;
  /** The member of a PUT's or merge patch's content that names the version; `false`: none does. @default false */
  readonly versionField?: string | false;
  /** The member of such content that names the entity-tag, as the items of a list may hold it. @default false */
  readonly etagField?: string | false;
  /** What happens to a write for an earlier version. @default "reject" */
  readonly strategy?: Strategy;
  /** The strategies that a request may ask for instead, with `Prefer: on-conflict=…`. @default [] */
  readonly allowedStrategies?: "all" | readonly StrategyName[];
  /**
   * The value of an earlier state, where the app still has it; nothing where the resource never had such a state. A stale write
   * is let through by a strategy only where this finds its base; counted versions, which all were, need it for functions alone.
   */
  past?(named: NamedState, request: Native): Awaitable<ValueOf<State> | null | undefined>;
  /**
   * What this caller may see of a state, as JSON (dates become texts): for `current.representation` and `changes` of a conflict. Its `id`, its
   * `versionField` and its `etagField` are not compared; without a `versionField`, leave the version out. Nothing: neither the state nor its version. `first-write-wins`, functions and `discloseCurrent` need it.
   */
  represent?(value: ValueOf<State>, request: Native): object | undefined;
  /** Whether a conflict shows the current state. @default false */
  readonly discloseCurrent?: boolean;
  /** Whether an `If-Match` that a proxy weakened or suffixed (nginx, Apache) is taken as ours. @default false */
  readonly acceptProxyTags?: boolean;
  /** The digest for rows that are hashed. @default "sha-256" */
  readonly entityTags?: ContentDigest;
  /**
   * The path that a proxy in front strips off before requests come here: `/shop`. It is put back into the links
   * of problems.
   *
   * @default ""
   */
  readonly publicPath?: string;
  /**
   * Whose `X-Forwarded-For` counts: the number of proxies in front of the app, or their addresses and networks. The client's
   * address is then the right-most one that none of them has; `identify` sees it, and it tells anonymous callers apart.
   *
   * @default none: the address is the socket's
   */
  readonly trustedProxies?: TrustedProxies;
  /** `Cache-Control` of reads. @default "no-cache", with `private` where an actor was identified */
  readonly cacheControl?: string;
  /**
   * The request headers by which a handler chooses what it shows, such as `accept-language`: for `Vary`, on 200 and on 304. A
   * handler that sets it itself does so on 200 alone, since a 304 never reaches it. @default []
   */
  readonly vary?: readonly string[];
  /** The status of a refused header condition on a write; 412 is RFC 9110's. @default 409 */
  readonly conflictStatus?: 409 | 412;
  /** What a problem's `type` begins with. @default "urn:problem-type:unclash:" */
  readonly problemTypePrefix?: string;
  /** Who makes a request: the scope of idempotency keys. @default everyone is anonymous */
  identify?(request: RequestFacts<Native>): Identity | Promise<Identity>;
  /** The request headers that `identify` looks at, for `Vary`. @default ["authorization"] with `identify`, else none */
  readonly credentialHeaders?: readonly string[];
  /** Caps on what one request may hold and cost. */
  readonly limits?: Partial<Limits>;
  /** Is told of every decision; the same is published on the diagnostics channel `unclash:decision`. */
  readonly observe?: Observer;
  /**
   * Where the answers to requests with `Idempotency-Key` are kept. Without it the header is not looked at. It wants an
   * `identify`, or its own `anonymous`: an answer is given again to the caller alone that got it first.
   */
  readonly idempotency?: GuardIdempotency<Native>;
  /**
   * An app's own format for errors: text, or what becomes JSON. What it gives is sent in place of the problem; status and
   * headers stay.
   */
  problem?(problem: Problem, request: Native): unknown;
  /** `next`: problems go to the framework's error handler, as a `GuardError`. @default "answer" */
  readonly onError?: "answer" | "next";
  /** Everything passes, and what would have been stopped is counted: to see what a guard would do. @default false */
  readonly reportOnly?: boolean;
}

/** An earlier state as a client names it. */
export interface NamedState {
  /** The version, where the entity-tag holds one or the content names it. */
  readonly version: number | undefined;
  /** The entity-tag, quotes included, where the client sent one. */
  readonly etag: string | undefined;
}
