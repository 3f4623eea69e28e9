import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import { onTestFinished } from "vitest";

/** A receiver of callbacks that does with its sockets whatever a test wants, HTTP or not. */
export interface Receiver {
  readonly port: number;
  /** All connections that were made to it, in their order. */
  readonly sockets: readonly Socket[];
  /** What each connection was sent. */
  readonly requests: readonly string[];
}

/**
 * Starts a receiver on the loopback interface, until the test ends.
 *
 * @param answer is called with each socket once a request has come, the first bytes at least
 * @param tls of a receiver with `https:`
 */
export async function startReceiver(answer: (socket: Socket) => void, tls?: TlsOptions): Promise<Receiver> {
  const sockets: Socket[] = [];
  const requests: string[] = [];
  const accept = (socket: Socket): void => {
    const at = sockets.push(socket) - 1;
    requests[at] = "";
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      requests[at] += bytes.toString();
      answer(socket);
    });
  };
  const server = tls === undefined ? createServer(accept) : createTlsServer(tls, accept);
  server.on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: portOf(server), sockets, requests };
}

export function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("The server listens on no port.");
  return address.port;
}

/** A response whole in one write. */
export function respondWith(head: string, content = ""): (socket: Socket) => void {
  return (socket) => void socket.write(`HTTP/1.1 ${head}\r\ncontent-length: ${content.length}\r\n\r\n${content}`);
}

/** Writes without an end, as fast as the other side takes it. */
export function flood(begin: string, repeated: string): (socket: Socket) => void {
  return (socket) => {
    const pour = (): void => {
      while (!socket.destroyed && socket.write(repeated));
    };
    socket.on("drain", pour);
    socket.write(begin);
    pour();
  };
}

/** Writes a few bytes now and then, without an end. */
export function drip(begin: string, repeated: string): (socket: Socket) => void {
  return (socket) => {
    socket.write(begin);
    const timer = setInterval(() => socket.write(repeated), 10);
    socket.on("close", () => clearInterval(timer));
  };
}
