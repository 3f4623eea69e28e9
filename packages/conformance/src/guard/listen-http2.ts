import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type ServerHttp2Session } from "node:http2";
import type { Served } from "../adapter/suite-options.js";

/**
 * Serves HTTP/2 without TLS on a free port of the loopback, by a handler that takes its requests for those of HTTP/1.1.
 */
export async function listenHttp2(
  handler: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Served> {
  const server = createServer((request: unknown, response: unknown) => {
    // Node makes them to be used alike, and says so in its documentation, not in its types.
    if (isRequest(request) && isResponse(response)) handler(request, response);
  });
  const sessions = new Set<ServerHttp2Session>();
  server.on("session", (session) => sessions.add(session));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new TypeError("The server listens on no port.");
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        for (const session of sessions) session.destroy();
      }),
  };
}

function isRequest(request: unknown): request is IncomingMessage {
  return typeof request === "object" && request !== null && "headers" in request;
}

function isResponse(response: unknown): response is ServerResponse {
  return typeof response === "object" && response !== null && "writeHead" in response;
}
