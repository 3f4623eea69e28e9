import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { startPostgres, startRedis } from "@unclash/test-servers";
import { Redis } from "ioredis";
import pg from "pg";
import { listening } from "../http/servers/listening.js";
import { commit } from "../scale/fill.js";
import type { StoreName } from "../stores/store-name.js";
import { startEventServer } from "./server-process.js";
import { channel, openStore, type SourceName, serveStore } from "./source.js";
import { readStream, type StreamClient } from "./stream-client.js";

/** Writes something once, so that it is told of. */
type WriteOnce = (n: number) => Promise<void>;

/** How long it took from the end of each commit to its arrival over a stream, in milliseconds. */
export interface Latencies {
  readonly name: string;
  readonly taken: readonly number[];
}

interface Side {
  readonly name: string;
  readonly write: WriteOnce;
  readonly client: StreamClient;
  /** What the arrival of the n-th is known by. */
  readonly mark: (n: number) => string;
  readonly close: () => Promise<void>;
}

/** Commits one after the other, in blocks that take turns, and says when each arrives over a stream. */
export async function measureLatency(store: StoreName, folder: string, count: number): Promise<readonly Latencies[]> {
  const server = store === "postgres" ? await startPostgres() : store === "redis" ? await startRedis() : undefined;
  const location = server?.url ?? join(folder, "events.db");
  const sides: Side[] = [await storeSide(store, location)];
  if (store === "postgres") sides.push(await listenSide(location));
  if (store === "redis") sides.push(await subscribeSide(location));
  try {
    const taken = sides.map((): number[] => []);
    for (let block = 0, n = 0; block < 10; block += 1)
      for (const [at, side] of sides.entries())
        for (let each = 0; each < count / 10; each += 1, n += 1) {
          const arrival = side.client.arrival(side.mark(n));
          await side.write(n);
          const committedMs = performance.now();
          taken[at]?.push((await arrival) - committedMs);
          await pause(5);
        }
    return sides.map(({ name }, at) => ({ name, taken: taken[at] ?? [] }));
  } finally {
    for (const side of sides) await side.close();
    await server?.remove();
  }
}

async function storeSide(name: StoreName, location: string): Promise<Side> {
  const source: SourceName = name;
  const store = await openStore(source, location);
  const write: WriteOnce = (n) => {
    const key = `articles/at-${n}-`;
    const put = { key, expect: "any", put: `{"n":${n}}`, keep: "none" } as const;
    return commit(store, { writes: [put], events: [{ type: "resource.changed", key, version: 1 }] });
  };
  const mark = (n: number): string => `at-${n}-`;
  if (name === "memory") {
    const events = serveStore(store);
    const server = await listening(events.listener);
    const address = server.address();
    const client = await readStream(typeof address === "object" && address !== null ? address.port : 0);
    const close = async (): Promise<void> => {
      client.close();
      server.close();
      await events.close();
    };
    return { name: "memory, in one process", write, client, mark, close };
  }
  const child = await startEventServer(source, location);
  const client = await readStream(child.port);
  const close = async (): Promise<void> => {
    client.close();
    await child.stop();
    await store.close();
  };
  return { name, write, client, mark, close };
}

async function listenSide(url: string): Promise<Side> {
  const writer = new pg.Client({ connectionString: url });
  await writer.connect();
  await writer.query("CREATE TABLE IF NOT EXISTS by_hand (id text PRIMARY KEY, body text)");
  const child = await startEventServer("listen", url);
  const client = await readStream(child.port);
  return {
    name: "LISTEN and NOTIFY by hand",
    async write(n) {
      await writer.query("BEGIN");
      await writer.query("INSERT INTO by_hand VALUES ('1', $1) ON CONFLICT (id) DO UPDATE SET body = $1", [`${n}`]);
      await writer.query("SELECT pg_notify($1, $2)", [channel, `at-${n}-`]);
      await writer.query("COMMIT");
    },
    client,
    mark: (n) => `at-${n}-`,
    async close() {
      client.close();
      await child.stop();
      await writer.end();
    },
  };
}

async function subscribeSide(url: string): Promise<Side> {
  const writer = new Redis(url);
  const child = await startEventServer("subscribe", url);
  const client = await readStream(child.port);
  return {
    name: "PUBLISH and SUBSCRIBE by hand",
    async write(n) {
      await writer.multi().set("by-hand", `${n}`).publish(channel, `at-${n}-`).exec();
    },
    client,
    mark: (n) => `at-${n}-`,
    async close() {
      client.close();
      await child.stop();
      writer.disconnect();
    },
  };
}
