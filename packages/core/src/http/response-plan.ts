/** What every answer says, whatever its content. */
interface ResponseHead {
  readonly status: number;
  /** By lower-case name. Names and values are safe to send: nothing in them can split a header. */
  readonly headers: Readonly<Record<string, string>>;
  /** What was decided, for logs and metrics: `ok`, `created`, `not-modified`, `unchanged`, …, or a problem's slug. */
  readonly outcome: string;
  /**
   * Called exactly once, when the response has ended, or it is certain that it is never sent. What was acquired for as
   * long as the response lasts is released here. It must not throw.
   */
  readonly onEnd?: (end: ResponseEnd) => void;
}

/** An answer as plain data; an adapter turns it into its framework's response and decides nothing about it. */
export interface ResponsePlan extends ResponseHead {
  /** The content, or `null` for an answer without any. For HEAD the headers speak of a content that is not there. */
  readonly body: string | null;
}

/**
 * An answer whose content is made while it is sent, such as Server-Sent Events. The head is sent at once, and each text
 * as soon as it is there; nothing on the way may collect or compress them.
 *
 * `next()` is called only once the client's connection has accepted what came before: a slow reader holds up the
 * iterator, and fills no memory. `return()` is called as soon as the client is gone, also while a `next()` is pending.
 * An async generator sees that only after its pending `next()` has settled: one that waits must watch `disconnected()`
 * of the request. An answer to HEAD, or to a client that is gone already, calls `return()` and never `next()`. What the
 * iterator throws breaks the connection off, so that half an answer does not look whole.
 */
export interface StreamPlan extends ResponseHead {
  readonly body: AsyncIterable<string>;
  /**
   * Called once, when the content begins to be sent; never for a stream that ends unread.
   *
   * @param breakOff ends the response at once, as `aborted`: a client that does not read holds its stream up, and a
   * stream that nothing is pulled from can't say that it is over. It does so until the response has ended, also after
   * the last text was pulled; then it does nothing
   */
  readonly onBegin?: (breakOff: () => void) => void;
}

/**
 * How a response ended. `sent`: all of it was handed to the connection. `aborted`: the client was gone before that, or
 * a stream was broken off. `failed`: its content threw, its head could not be sent, or something else has answered in
 * its place.
 */
export type ResponseEnd = "sent" | "aborted" | "failed";

/** Whether the content of an answer is made while it is sent. */
export function isStreamPlan(plan: ResponsePlan | StreamPlan): plan is StreamPlan {
  return typeof plan.body === "object" && plan.body !== null;
}

/**
 * A plan that must be no stream: it is kept, or read, as a whole.
 *
 * @throws TypeError for a stream, which can be read only once and may never end
 */
export function textPlan(plan: ResponsePlan | StreamPlan): ResponsePlan {
  if (!isStreamPlan(plan)) return plan;
  throw new TypeError(`An answer with the outcome "${plan.outcome}" is a stream, where one text was expected.`);
}
