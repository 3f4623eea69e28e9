/** The headers of a request by lower-case name, as Node gives them: an array is what came in several lines. */
export interface RequestHeaders {
  readonly [name: string]: string | string[] | undefined;
  /** Never an array: of several lines Node keeps the first. */
  readonly authorization?: string | undefined;
  /** Never an array: Node joins several lines. */
  readonly cookie?: string | undefined;
}

/** A request as plain data, made by an adapter from its framework's. */
export interface RequestFacts<Native = unknown> {
  readonly method: string;
  /** The prefix under which the engine is mounted, without a `/` at its end: `/api`, or empty. */
  readonly base: string;
  /** The rest of the path as it was sent, percent-encoded: begins with `/` unless empty, holds no `?`. */
  readonly path: string;
  /** What stood after the `?`, or empty. */
  readonly query: string;
  /** An array is what came in several lines, and may not. */
  readonly headers: RequestHeaders;
  /** There may have been more header lines than these: what they said is not known. @default false */
  readonly headersCut?: boolean;
  /** The address of the socket's other end. */
  readonly address: string | undefined;
  readonly body: RequestBody;
  /** The framework's own request, for `identify`. */
  readonly native: Native;
  /**
   * A signal that is aborted once the client has disconnected before its response was ended; for one that has done so
   * already, it is aborted from the start. The end of the response does not abort it, nor does that of the request. It
   * is made at the first call: a request that nobody waits for costs nothing.
   *
   * A client that is still sending content which nobody reads can't be seen to go: read it first. Absent where the
   * request has come over no connection.
   *
   * @example const profile = await fetch(url, { signal: request.disconnected?.() ?? null });
   */
  readonly disconnected?: (() => AbortSignal) | undefined;
}

/** The content of a request: still to be read, or as something else has already parsed it. */
export type RequestBody =
  | { readonly kind: "unread"; read(bytesMax: number, room?: ContentRoom): Promise<ReadBody> }
  | { readonly kind: "parsed"; readonly value: unknown };

/** The room that the process has for the content of a request. */
export interface ContentRoom {
  /** The content begins to arrive. `drop` is called where it must make room for others': nothing of it is kept then. */
  begin(drop: () => void): void;
  /** Takes so many bytes on; tells whether the process may hold as many. */
  take(bytes: number): boolean;
  /** No more of it arrives. */
  end(): void;
}

export type ReadBody =
  | { readonly kind: "bytes"; readonly bytes: Buffer }
  | { readonly kind: "too-large" }
  /** The process holds as much as it may already, or this content was dropped for others'. */
  | { readonly kind: "no-room" }
  /** The client went away before the end. */
  | { readonly kind: "aborted" };

/** A header's value; several lines are one, joined by commas (RFC 9110 §5.3). */
export function header(request: RequestFacts, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}

/** A request as logs and warnings name it. */
export function describeRequest({ method, base, path }: RequestFacts): string {
  return `${method} ${base}${path}`;
}
