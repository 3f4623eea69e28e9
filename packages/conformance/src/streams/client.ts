import { Agent, type IncomingMessage, request } from "node:http";
import { connect, type IncomingHttpHeaders } from "node:http2";
import type { Readable } from "node:stream";

/** A client that reads answers piece by piece, and can go away at any time. */
export interface StreamClient {
  readonly protocol: "http/1.1" | "http/2" | "none";
  /** Sends a request. What is sent on the same connection is sent one after the other. */
  open(method: string, path: string, sent?: Sent): Opened;
  close(): Promise<void>;
}

export interface Sent {
  readonly content?: string | Buffer;
  readonly sameConnection?: true;
}

/** A request that is on its way. */
export interface Opened {
  /** Rejects where no answer comes. */
  readonly head: Promise<Head>;
  /** The next piece of the content; nothing at its end. Rejects where the answer was broken off. */
  next(): Promise<string | undefined>;
  /** Goes away, whatever is still to come. */
  leave(): void;
}

export interface Head {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** The port of the client's end of the connection, where there is one. */
  readonly port: number | undefined;
}

/** What every request asks for: what compresses answers has to know by itself which not to. */
const asking = { "accept-encoding": "gzip, deflate, br" };

/** A client that speaks HTTP/1.1. */
export function createHttp1StreamClient(origin: string, patienceMs: number): StreamClient {
  const single = new Agent({ keepAlive: true, maxSockets: 1 });
  const { hostname, port } = new URL(origin);
  return {
    protocol: "http/1.1",
    open(method, path, { content, sameConnection } = {}) {
      const agent = sameConnection === true ? single : false;
      // Longer than a case waits: a client that gave up would end the stream that its server should have.
      const sent = request({ hostname, port, method, path, agent, headers: asking, timeout: 2 * patienceMs });
      const { pieces, head } = reading((resolve, reject) => {
        sent.on("error", reject).on("timeout", () => sent.destroy(new Error("No answer came.")));
        sent.on("response", (response) => {
          resolve({
            body: response,
            status: response.statusCode ?? 0,
            headers: response.headers,
            port: portOf(response),
          });
        });
      });
      sent.end(content);
      return { head, next: pieces, leave: () => sent.destroy() };
    },
    close: async () => single.destroy(),
  };
}

function portOf({ socket }: IncomingMessage): number | undefined {
  return socket.localPort;
}

/** A client that speaks HTTP/2 without TLS, with prior knowledge (RFC 9113 §3.3), over one connection. */
export function createHttp2StreamClient(origin: string, patienceMs: number): StreamClient {
  const session = connect(origin);
  // What breaks off is told by the stream that it broke.
  session.on("error", () => {});
  return {
    protocol: "http/2",
    open(method, path, { content } = {}) {
      const stream = session.request({ ":method": method, ":path": path, ...asking });
      const { pieces, head } = reading((resolve, reject) => {
        stream.on("error", reject).setTimeout(2 * patienceMs, () => stream.destroy(new Error("No answer came.")));
        stream.on("response", (headers: IncomingHttpHeaders) => {
          resolve({ body: stream, status: Number(headers[":status"]), headers, port: session.socket.localPort });
        });
      });
      stream.end(content);
      return { head, next: pieces, leave: () => stream.close(cancel) };
    },
    close: () => new Promise((resolve) => session.destroy() ?? resolve()),
  };
}

/** The code of HTTP/2 for a stream that nobody wants any more (RFC 9113 §7). */
const cancel = 0x8;

/** An answer whose content is still to be read. */
export interface Received {
  readonly body: Readable;
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly port?: number | undefined;
}

type Receive = (resolve: (received: Received) => void, reject: (error: Error) => void) => void;

/** Reads an answer as its pieces are asked for: what nobody asks for stays where it is. */
export function reading(receive: Receive): { readonly head: Promise<Head>; readonly pieces: Opened["next"] } {
  const received = new Promise<Received>(receive);
  const head = received.then(({ status, headers, port }) => ({ status, headers: textsOf(headers), port }));
  const iterator = received.then(({ body }) => body.setEncoding("utf8")[Symbol.asyncIterator]());
  for (const promise of [head, iterator]) promise.catch(() => {});
  return {
    head,
    async pieces() {
      const { done, value } = await (await iterator).next();
      return done ? undefined : String(value);
    },
  };
}

function textsOf(headers: Received["headers"]): Head["headers"] {
  const fields = Object.entries(headers).filter(([name, value]) => value !== undefined && !name.startsWith(":"));
  return Object.fromEntries(fields.map(([name, value]) => [name, String(value)]));
}
