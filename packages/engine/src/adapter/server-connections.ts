import { type Server as HttpServer, ServerResponse } from "node:http";
import type { Http2SecureServer, Http2Server, Http2Session } from "node:http2";
import type { Server as HttpsServer } from "node:https";

/** A server of Node's, whichever protocol it speaks. */
export type NodeServer = HttpServer | HttpsServer | Http2Server | Http2SecureServer;

/** How often connections are looked at whose responses nobody has seen begin. */
const idleCheckMs = 100;

/**
 * The connections of a server, so that it can end soon and no client loses a request. As a server closes, Node ends the
 * connections that are idle; one with a request it leaves open until its client has been silent for long, and says
 * nothing.
 */
export class ServerConnections {
  readonly #server: NodeServer;
  /** The responses of HTTP/1 that have begun since this was made, and have not ended. */
  readonly #responses = new Set<ServerResponse>();
  readonly #sessions = new Set<Http2Session>();
  #isEnding = false;

  constructor(server: NodeServer) {
    this.#server = server;
    server.prependListener("request", (_request: unknown, response: unknown) => {
      if (response instanceof ServerResponse) this.#add(response);
    });
    server.on("session", (session: Http2Session) => {
      this.#sessions.add(session);
      session.once("close", () => this.#sessions.delete(session));
      if (this.#isEnding) session.close();
    });
  }

  /** From now on each connection ends with its response; clients are told so where the head is not out yet. */
  end(): void {
    this.#isEnding = true;
    for (const response of this.#responses) announceEnd(response);
    for (const session of this.#sessions) session.close();
    closeIdleConnections(this.#server);
  }

  /** Cuts off what is left. */
  cut(): void {
    if ("closeAllConnections" in this.#server) this.#server.closeAllConnections();
    for (const session of this.#sessions) session.destroy();
  }

  #add(response: ServerResponse): void {
    this.#responses.add(response);
    if (this.#isEnding) announceEnd(response);
    response.once("close", () => {
      this.#responses.delete(response);
      // Where the head was out already, the connection has just become idle.
      if (this.#isEnding) setImmediate(() => closeIdle(this.#server));
    });
  }
}

/** Ends each connection of a server that closes soon after its last response, until the server has closed. */
export function closeIdleConnections(server: NodeServer): void {
  const checking = setInterval(() => closeIdle(server), idleCheckMs).unref();
  server.once("close", () => clearInterval(checking));
}

function closeIdle(server: NodeServer): void {
  if ("closeIdleConnections" in server) server.closeIdleConnections();
}

function announceEnd(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader("connection", "close");
}
