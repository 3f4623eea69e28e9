import { once } from "node:events";
import { connect, type IncomingHttpHeaders } from "node:http2";
import { text as textOf } from "node:stream/consumers";
import type { Client, Received } from "../adapter/client.js";
import { contentOf, headersOf } from "../adapter/message.js";

/** A client that speaks HTTP/2 without TLS, with prior knowledge (RFC 9113 §3.3), over one connection. */
export function createHttp2Client(origin: string, patienceMs: number): Client {
  const session = connect(origin);
  // What breaks off is told by the stream that it broke.
  session.on("error", () => {});
  return {
    async send(method, path, message) {
      const content = contentOf(message);
      const headers = Object.entries(headersOf(message)).map(([name, value]) => [
        name,
        typeof value === "string" ? value : [...value],
      ]);
      const fields = { ...Object.fromEntries(headers), ...(content && { "content-length": content.bytes.length }) };
      const stream = session.request({ ":method": method, ":path": path, ...fields });
      stream.setTimeout(patienceMs, () => stream.close());
      stream.end(content?.bytes);
      const [received]: IncomingHttpHeaders[] = await once(stream, "response");
      const text = await textOf(stream);
      if (stream.rstCode !== 0) throw new Error(`The stream was reset: ${stream.rstCode}.`);
      return receivedOf(method, path, Number(received?.[":status"]), { ...received }, text);
    },
    close: () => session.destroy(),
  };
}

/** An answer as the suite looks at it, from whatever way it came. */
export function receivedOf(
  method: string,
  path: string,
  status: number,
  headers: Readonly<Record<string, number | string | readonly string[] | undefined>>,
  text: string,
): Received {
  const fields = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    value === undefined || name.startsWith(":") ? [] : [[name, String(value)]],
  );
  const seen = { method, path: path.replace(/\?.*$/s, ""), reused: false, status, text };
  return { answer: { ...seen, headers: Object.fromEntries(fields), json: parsed(text) }, lines: fields.flat() };
}

function parsed(text: string): Received["answer"]["json"] {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
