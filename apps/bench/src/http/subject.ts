import { type Size, sizes } from "../article.js";
import { type Cell, cells, requestsOf } from "./cell.js";
import { Connection } from "./connection.js";
import { run } from "./load.js";
import { creationOf, Resource, scriptOf } from "./script.js";
import { type ServerProcess, startServer } from "./server-process.js";
import type { FrameworkName } from "./servers/all.js";
import type { Variant } from "./servers/variant.js";

/** How many requests are in flight at once, each on its own connection and its own document. */
const concurrency = 16;

/** What some requests of one cell have cost: the server's processor time, and the time on the clock. */
export interface Cost {
  readonly requests: number;
  readonly cpuMicros: number;
  readonly seconds: number;
}

/** A running server with the connections to it and the documents in it. */
export interface Subject {
  readonly variant: Variant;
  readonly server: ServerProcess;
  readonly connections: readonly Connection[];
  readonly resources: Readonly<Record<Size, readonly Resource[]>>;
}

/** Starts a server, of this build unless another one's `entry` is given, and fills it. */
export async function startSubject(framework: FrameworkName, variant: Variant, entry?: string): Promise<Subject> {
  const server = await startServer(framework, variant, entry);
  const connections = Array.from({ length: concurrency }, () => new Connection(server.port));
  const resources = { "1 KB": resourcesOf("small", "1 KB"), "64 KB": resourcesOf("large", "64 KB") };
  for (const size of sizes) {
    await run(connections, resources[size].map(creationOf), concurrency);
    const seen = resources[size].map((resource) => scriptOf(resource, "GET 200", variant));
    await run(connections, seen, concurrency);
  }
  return { variant, server, connections, resources };
}

export async function stopSubject({ server, connections }: Subject): Promise<void> {
  await server.stop();
  for (const connection of connections) connection.close();
}

/** Runs what will be measured until the code is compiled. */
export async function warmUp(subject: Subject, asked: readonly Cell[] = cells): Promise<void> {
  for (const cell of asked) await takeCost(subject, cell, requestsOf(cell) * 2);
}

/** Runs so many requests of a cell. */
export async function takeCost(subject: Subject, cell: Cell, requests: number): Promise<Cost> {
  const { server } = subject;
  const before = await server.cpuMicros();
  const seconds = await ask(subject, cell, requests);
  const after = await server.cpuMicros();
  return { requests, cpuMicros: after - before, seconds };
}

/** Keeps all connections busy until so many requests of a cell were answered; gives the seconds that it took. */
export function ask({ connections, variant, resources }: Subject, cell: Cell, requests: number): Promise<number> {
  const scripts = resources[cell.size].map((resource) => scriptOf(resource, cell.ask, variant));
  return run(connections, scripts, requests);
}

function resourcesOf(name: string, size: Size): readonly Resource[] {
  return Array.from({ length: concurrency }, (_, at) => new Resource(`/articles/${name}-${at}`, size));
}
