import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { EnvironmentError } from "./environment-error.js";

/** How long running requests may take to finish once the process is told to stop, in milliseconds. */
export const graceMs = 4_000;

/** How long the process may take after that, for what still holds it. */
const lastMs = 500;

/** A server, and what ends it and the engine that is mounted in it. */
export interface Served {
  readonly server: Server;
  /** Settles once no request runs any more: those that take longer than `graceMs` are cut off. */
  shutdown(): Promise<unknown>;
}

/**
 * Listens, prints `listening on http://HOST:PORT` once it does, and resolves when SIGTERM or SIGINT has stopped it.
 *
 * @throws EnvironmentError that names `PORT` or `HOST` where it can't listen there
 */
export async function serve(
  { server, shutdown }: Served,
  address: { readonly host: string; readonly port: number },
): Promise<void> {
  await listen(server, address);
  const told = Promise.race([once(process, "SIGTERM"), once(process, "SIGINT")]);
  console.log(`listening on http://${hostAndPort(server.address(), address)}`);
  await told;
  setTimeout(() => process.exit(), graceMs + lastMs).unref();
  await shutdown();
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
