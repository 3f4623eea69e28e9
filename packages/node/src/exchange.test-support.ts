import { connect } from "node:net";

/** An answer as it came over the socket, but for what each framework and connection adds of its own. */
export interface Wire {
  readonly statusLine: string;
  /** `name: value`, the name in lower case, in order. */
  readonly headers: readonly string[];
  readonly body: string;
}

const ownHeaders: ReadonlySet<string> = new Set(["date", "connection", "keep-alive", "x-powered-by"]);

/** Sends bytes over a connection of their own, and reads the answer to its end. */
export async function exchange(port: number, bytes: string): Promise<Wire> {
  const chunks: Buffer[] = [];
  const socket = connect(port, "127.0.0.1");
  socket.write(bytes, "latin1");
  for await (const chunk of socket) chunks.push(chunk);
  const [head = "", ...rest] = Buffer.concat(chunks).toString("latin1").split("\r\n\r\n");
  const [statusLine = "", ...lines] = head.split("\r\n");
  const named = lines.map((line): readonly [name: string, value: string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  const headers = named.filter(([name]) => !ownHeaders.has(name)).map(([name, value]) => `${name}: ${value}`);
  return { statusLine, headers: headers.sort(), body: rest.join("\r\n\r\n") };
}

/** What tells two servers apart though they do the same: random tags and ids, and what is made of them. */
export function masked({ statusLine, headers, body }: Wire): Wire {
  const mask = (text: string): string =>
    text
      // A list's digest first: its end may look like a tag.
      .replace(/(?<=^unclash-cursor: )[\w~-]+$/, "PLACE")
      .replace(/(?<=^etag: ")[\w-]{43}(?="$)/, "DIGEST")
      .replace(/(?<=\d-)[\w-]{16}(?=\\?")/g, "TAG")
      .replace(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, "UUID");
  return { statusLine, headers: headers.map(mask), body: mask(body) };
}
