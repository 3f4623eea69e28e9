/** One block of a stream of Server-Sent Events: the fields of an event, a comment, or both. */
export interface EventStreamBlock {
  /** What a client that reconnects sends back as `Last-Event-ID`. It sticks without `data` too; `""` clears it. */
  readonly id?: string;
  /** The type of the event, which needs `data`: a client dispatches no event without it. @default "message" */
  readonly event?: string;
  /** The content of the event. A line break of any kind in it reaches the client as LF. */
  readonly data?: string;
  /** How long a client waits before it reconnects, in milliseconds. */
  readonly retryMs?: number;
  /** What clients ignore, such as a sign of life against the time-outs of proxies (HTML §9.2.7). */
  readonly comment?: string;
}

/**
 * Writes one block of `text/event-stream` (WHATWG HTML §9.2.5): the comment, then `event`, `retry`, `id` and `data`,
 * and the blank line that ends the block. Data and comments are split into lines at CR, LF and CRLF, so that none of
 * their text is read as another field.
 *
 * @throws TypeError where `id` or `event` holds CR, LF or NUL, `event` comes without `data`, or `retryMs` is no
 *   non-negative integer
 *
 * @example
 * ```ts
 * eventStreamText({ id: "7", event: "changed", data: '{"version":7}' });
 * // "event: changed\nid: 7\ndata: {\"version\":7}\n\n"
 * ```
 */
export function eventStreamText({ id, event, data, retryMs, comment }: EventStreamBlock): string {
  if (event !== undefined && data === undefined) {
    throw new TypeError("The `event` of an event stream must stand beside `data`, since no client dispatches it else.");
  }
  let text = "";
  if (comment !== undefined) text += lines(": ", comment);
  if (event !== undefined) text += `event: ${singleLine("event", event)}\n`;
  if (retryMs !== undefined) text += `retry: ${milliseconds(retryMs)}\n`;
  if (id !== undefined) text += `id: ${singleLine("id", id)}\n`;
  if (data !== undefined) text += lines("data: ", data);
  return `${text}\n`;
}

function lines(field: string, value: string): string {
  return `${field}${value.replaceAll(/\r\n|\r|\n/g, `\n${field}`)}\n`;
}

/** A client takes what follows CR or LF for a field of its own, and ignores an `id` with NUL. */
function singleLine(field: string, value: string): string {
  if (["\r", "\n", "\0"].some((character) => value.includes(character))) {
    throw new TypeError(`The \`${field}\` of an event stream must not hold CR, LF or NUL.`);
  }
  return value;
}

function milliseconds(retryMs: number): number {
  if (Number.isSafeInteger(retryMs) && retryMs >= 0) return retryMs;
  throw new TypeError("The `retryMs` of an event stream must be a non-negative integer.");
}
