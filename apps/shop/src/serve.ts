import { once } from "node:events";
import type { Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { EnvironmentError } from "./environment-error.js";

/** How long running requests may take to finish once the process is told to stop. */
const graceMs = 4_000;

/** How long the process may take after that, for what still holds it. */
const lastMs = 500;

/**
 * Listens, prints `listening on http://HOST:PORT` once it does, and resolves when SIGTERM or SIGINT has stopped it:
 * no new connections, idle ones closed, running requests finished or, after 4 s, cut off.
 *
 * @throws EnvironmentError that names `PORT` or `HOST` where it can't listen there
 */
export async function serve(server: Server, address: { readonly host: string; readonly port: number }): Promise<void> {
  const responses = trackResponses(server);
  await listen(server, address);
  const closed = once(server, "close");
  const stop = (): void => {
    if (!server.listening) return;
    server.close();
    // A client that keeps its connection learns from the answer that this was the last one on it.
    for (const response of responses) announceEnd(response);
    setTimeout(() => server.closeAllConnections(), graceMs).unref();
    setTimeout(() => process.exit(), graceMs + lastMs).unref();
  };
  process.on("SIGTERM", stop).on("SIGINT", stop);
  console.log(`listening on http://${hostAndPort(server.address(), address)}`);
  await closed;
}

/** Keeps the responses that have not ended, and sees to it that nothing lingers once the server is closing. */
function trackResponses(server: Server): ReadonlySet<ServerResponse> {
  const responses = new Set<ServerResponse>();
  server.prependListener("request", (_request, response: ServerResponse) => {
    responses.add(response);
    if (!server.listening) announceEnd(response);
    response.once("close", () => {
      responses.delete(response);
      // Where the headers were already out, the connection has just become idle.
      if (!server.listening) setImmediate(() => server.closeIdleConnections());
    });
  });
  return responses;
}

function announceEnd(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader("connection", "close");
}

async function listen(server: Server, { host, port }: { readonly host: string; readonly port: number }): Promise<void> {
  try {
    server.listen(port, host);
    await once(server, "listening");
  } catch (error) {
    throw notListening(error, host, port);
  }
}

function notListening(error: unknown, host: string, port: number): unknown {
  if (!(error instanceof Error) || !("code" in error)) return error;
  switch (error.code) {
    case "EADDRINUSE":
      return new EnvironmentError("PORT", `${port} on ${host} is taken: choose another one, such as PORT=${port + 1}`);
    case "EACCES":
      return new EnvironmentError("PORT", `${port} is not this user's to listen on: choose one above 1023`);
    default:
      return new EnvironmentError("HOST", `${host} can't be listened on: ${error.message}`);
  }
}

/** Host and port as a URL has them (RFC 3986 §3.2.2); the port is the real one where any was asked for. */
function hostAndPort(
  bound: AddressInfo | string | null,
  { host, port }: { readonly host: string; readonly port: number },
): string {
  const realPort = typeof bound === "object" && bound !== null ? bound.port : port;
  return `${host.includes(":") ? `[${host}]` : host}:${realPort}`;
}
