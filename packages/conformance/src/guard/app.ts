import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import type { Json } from "@unclash/core/json";
import type { ContextOf, GuardOptions, GuardReport, LoadedState } from "unclash";

/** A request without its framework: all that the suite's options and handlers look at. */
export interface PlainRequest {
  readonly method: string;
  /** The `:id` of the path, decoded; `undefined` on a path without one. */
  readonly id: string | undefined;
  /** By lower-case name, as Node gives them. */
  readonly headers: IncomingHttpHeaders;
  /** What the framework's JSON parser has made of the content. */
  readonly body: unknown;
}

/** What a guard has of whatever state; a request that creates one, or is for no single resource, has none yet. */
export type PlainGuard = ContextOf<LoadedState, true>;

/** What a handler works with. */
export interface PlainContext extends PlainRequest, PlainGuard {}

/** What a handler answers. The harness sends it in the way that its framework's users would. */
export interface PlainAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * The content: a text, bytes, or a stream is sent as it is; any other value as JSON. Absent: none. A text has its
   * `content-type` among the headers.
   */
  readonly body?: Json | Uint8Array | Readable;
}

/** A handler. What it throws goes wherever the framework's handlers throw to. */
export type PlainHandler = (context: PlainContext) => PlainAnswer | Promise<PlainAnswer>;

/**
 * How the routes of a resource are guarded:
 *
 * - `guarded`: each handler is wrapped: `app.put(path, guarded(options, handler))`
 * - `guard`: one `guard(options)` stands before all its routes, also where they have several paths; handlers find
 *   theirs by `of(request)`
 * - `check`: the handler is the framework's own; it asks `options.load` for the state, and awaits
 *   `check(request, state, options)` before all else
 * - `none`: nothing guards it, and handlers get `noGuard`
 */
export type GuardForm = "guarded" | "guard" | "check" | "none";

/** Routes that are guarded together. */
export interface GuardedResource {
  readonly form: GuardForm;
  readonly options: GuardOptions<PlainRequest, LoadedState>;
  /** A guard before all its routes, outside of their own: a `guard(outer)` in front, whatever the form is. */
  readonly outer?: GuardOptions<PlainRequest, LoadedState>;
  readonly routes: readonly GuardedRoute[];
  /** Form `guard` only: is handed the `report` of the guard, once, when the app is made. */
  readonly reports?: (report: () => GuardReport) => void;
}

/** The methods that the suite's routes have. */
export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** One route. HEAD is answered by the GET of its path, as frameworks do it. */
export interface GuardedRoute {
  readonly method: Method;
  /** Such as `/guarded/counted/:id`; its only parameter is `:id`. */
  readonly path: string;
  readonly handler: PlainHandler;
}

/** An app of the suite's, without a framework. */
export interface GuardedApp {
  readonly resources: readonly GuardedResource[];
  /**
   * The app's own error handler, where it has one: it is asked before `problems()` is, and answers, or leaves an error
   * to that (`undefined`).
   */
  readonly onError?: (error: unknown) => PlainAnswer | undefined;
  /** The app's own format for errors, of `problems()`. @default that of problems */
  readonly problem?: NonNullable<GuardOptions<PlainRequest, LoadedState>["problem"]>;
}
