import type { RequestListener, ServerResponse } from "node:http";
import type { Store } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import { mount } from "@unclash/node";
import { createPostgresStore } from "@unclash/postgres";
import { createRedisStore } from "@unclash/redis";
import { createSqliteStore } from "@unclash/sqlite";
import { Redis } from "ioredis";
import pg from "pg";
import { createUnclash } from "unclash";
import { lifecycleOf } from "unclash/adapter";
import { articleSchema } from "../article.js";

/** What tells of events: a store, or the pub/sub of a database, used by hand. */
export const sourceNames = ["memory", "sqlite", "postgres", "redis", "listen", "subscribe"] as const;
export type SourceName = (typeof sourceNames)[number];

/** The channel of what is written by hand. */
export const channel = "bench_events";

/** The path of the stream, whoever serves it. */
export const streamPath = "/conflict-notifications/stream";

/** What serves a stream of events, and how many are open. */
export interface EventServer {
  readonly listener: RequestListener;
  openStreams(): number;
  close(): Promise<void>;
}

/** @param location a file or a URL; of no meaning for `memory` */
export async function openStore(source: SourceName, location: string): Promise<Store> {
  if (source === "memory") return createMemoryStore();
  if (source === "sqlite") return createSqliteStore({ file: location });
  return source === "postgres" ? createPostgresStore({ url: location }) : createRedisStore({ url: location });
}

/** Serves the events of a store by unclash. */
export function serveStore(store: Store): EventServer {
  const unclash = createUnclash({
    store,
    collections: { articles: { schema: articleSchema, preconditions: { required: false }, retention: { count: 5 } } },
    notifications: { limits: { streamsPerClientMax: 2_000, stalledStreamMs: 10_000 } },
  });
  unclash.start();
  return {
    listener: mount(unclash),
    openStreams: () => lifecycleOf(unclash).open.streams,
    async close() {
      await unclash.close();
      await store.close();
    },
  };
}

/** Serves what a database publishes, as one would write it by hand. */
export async function serveByHand(source: "listen" | "subscribe", location: string): Promise<EventServer> {
  const responses = new Set<ServerResponse>();
  const tell = (text: string): void => {
    for (const response of responses) response.write(`data: ${text}\n\n`);
  };
  const close = source === "listen" ? await listen(location, tell) : await subscribe(location, tell);
  return {
    listener: (_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.flushHeaders();
      responses.add(response);
      response.once("close", () => responses.delete(response));
    },
    openStreams: () => responses.size,
    close,
  };
}

async function listen(url: string, tell: (text: string) => void): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  client.on("notification", ({ payload = "" }) => tell(payload));
  await client.query(`LISTEN ${channel}`);
  return () => client.end();
}

async function subscribe(url: string, tell: (text: string) => void): Promise<() => Promise<void>> {
  const client = new Redis(url);
  client.on("message", (_, text: string) => tell(text));
  await client.subscribe(channel);
  return async () => client.disconnect();
}
