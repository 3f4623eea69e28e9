import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { ConnectionError } from "fastify";

/**
 * The server option of that name: answers what Node's parser refuses as Node itself does, with a status and no content.
 * Without it Fastify sends JSON of its own, where all other servers of unclash send none:
 * `Fastify({ clientErrorHandler })`.
 */
export function clientErrorHandler(error: ConnectionError, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) return;
  const status = statusOf(error.code);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n\r\n`);
  // A client that never closes its own side must not keep the socket.
  socket.destroySoon();
}

function statusOf(code: string): number {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return 431;
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return 413;
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return 408;
    default:
      return 400;
  }
}
