import type { IncomingHttpHeaders, IncomingMessage } from "node:http";

/** The conditional headers of which Node gives the first line, and no hint of further ones. */
const names = ["if-unmodified-since", "if-modified-since"] as const;

/**
 * The headers of a request, with all the lines of a condition that was sent more than once. To a sender that is
 * forbidden (RFC 9110 §5.3), and the line that Node keeps need not be the one that was meant.
 */
export function withRepeatedLines(request: Pick<IncomingMessage, "headers" | "rawHeaders">): Headers {
  const { headers } = request;
  if (headers["if-unmodified-since"] === undefined && headers["if-modified-since"] === undefined) return headers;
  const repeated = names.flatMap((name) => {
    const lines = linesOf(request.rawHeaders, name);
    return lines.length > 1 ? [[name, lines] as const] : [];
  });
  return repeated.length === 0 ? headers : { ...headers, ...Object.fromEntries(repeated) };
}

type Headers = IncomingHttpHeaders | Readonly<Record<string, string | string[] | undefined>>;

/** The values of a name among names and values in turn. */
function linesOf(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter((_value, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name);
}
