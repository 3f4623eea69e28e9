import type { IncomingHttpHeaders, IncomingMessage } from "node:http";

/** The headers of which Node gives the first line, with no hint of further ones, and which decide something here. */
const names = ["host", "content-type", "if-unmodified-since", "if-modified-since"] as const;

/**
 * The headers of a request, with all the lines of what was sent more than once and may not. To a sender that is
 * forbidden (RFC 9110 §5.3), and the line that Node keeps need not be the one that was meant, or the one that a proxy
 * has gone by.
 */
export function withRepeatedLines({ headers, rawHeaders }: Pick<IncomingMessage, "headers" | "rawHeaders">): Headers {
  let whole: Headers = headers;
  for (const name of names) {
    const lines = headers[name] === undefined ? [] : linesOf(rawHeaders, name);
    if (lines.length > 1) whole = { ...whole, [name]: lines };
  }
  return whole;
}

type Headers = IncomingHttpHeaders | Readonly<Record<string, string | string[] | undefined>>;

/** The values of a name among names and values in turn. */
function linesOf(rawHeaders: readonly string[], name: string): string[] {
  const lines: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const each = rawHeaders[at];
    // Most names differ in length: this runs for each request.
    if (each?.length === name.length && each.toLowerCase() === name) lines.push(rawHeaders[at + 1] ?? "");
  }
  return lines;
}
