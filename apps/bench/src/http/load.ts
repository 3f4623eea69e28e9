import { Client } from "undici";

/** One request, and what its answer must be. */
export interface Exchange {
  readonly method: "GET" | "PUT";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly expect: readonly number[];
}

/** Asks for what comes next on one connection, and is told the entity-tag of each answer. */
export interface Script {
  next(): Exchange;
  answered(etag: string | undefined): void;
}

/** Connections to one server, kept alive from round to round. */
export interface Connections {
  readonly clients: readonly Client[];
}

export function connect(origin: string, count: number): Connections {
  return { clients: Array.from({ length: count }, () => new Client(origin, { pipelining: 1 })) };
}

export async function disconnect({ clients }: Connections): Promise<void> {
  await Promise.all(clients.map((client) => client.destroy()));
}

/** Keeps one request in flight for each script until so many have been answered, and says how many seconds it took. */
export async function run(connections: Connections, scripts: readonly Script[], requests: number): Promise<number> {
  let left = requests;
  const startedAt = performance.now();
  await Promise.all(
    scripts.map(async (script, at) => {
      const client = connections.clients[at % connections.clients.length];
      while (client !== undefined && left-- > 0) await ask(client, script);
    }),
  );
  return (performance.now() - startedAt) / 1_000;
}

async function ask(client: Client, script: Script): Promise<void> {
  const { method, path, headers, body, expect } = script.next();
  const response = await client.request({ method, path, headers: { ...headers }, ...(body !== undefined && { body }) });
  if (!expect.includes(response.statusCode)) {
    const text = await response.body.text();
    throw new Error(`${method} ${path} was answered ${response.statusCode}: ${text.slice(0, 500)}`);
  }
  const { etag } = response.headers;
  await response.body.dump({ limit: Number.MAX_SAFE_INTEGER });
  script.answered(typeof etag === "string" ? etag : undefined);
}
