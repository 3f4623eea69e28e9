// A small app that uses every package. `check-packed.mjs` compiles it against the packed tarballs, as an ES module and
// as CommonJS.
import { createServer } from "node:http";
import { adapterSuite, listen } from "@unclash/conformance/adapter";
import { guardSuite } from "@unclash/conformance/guard";
import { storeSuite } from "@unclash/conformance/store";
import { type CurrentState, evaluatePreconditions, parseConditions } from "@unclash/core";
import type { Store } from "@unclash/core/store";
import * as onExpress from "@unclash/express";
import * as onFastify from "@unclash/fastify";
import * as onKoa from "@unclash/koa";
import { createMemoryStore } from "@unclash/memory";
import * as onNode from "@unclash/node";
import { createPostgresStore } from "@unclash/postgres";
import { createRedisStore } from "@unclash/redis";
import { createSqliteStore } from "@unclash/sqlite";
import express, { type Request } from "express";
import Fastify, { type FastifyRequest } from "fastify";
import { Redis } from "ioredis";
import Koa, { type Context } from "koa";
import { Pool } from "pg";
import { createUnclash, type Unclash } from "unclash";
import { nodeFacts } from "unclash/adapter";
import { z } from "zod";

interface Article {
  readonly id: string;
  readonly title: string;
  readonly version: number;
}

const table = new Map<string, Article>();
const collections = { articles: { schema: z.object({ title: z.string() }), unique: ["title"] } } as const;

function find(id: unknown): { readonly version: number; readonly value: Article } | undefined {
  const article = table.get(String(id));
  return article && { version: article.version, value: article };
}

function update(id: string, expected: number, title: unknown): Article | undefined {
  if (table.get(id)?.version !== expected) return undefined;
  const article = { id, title: String(title), version: expected + 1 };
  table.set(id, article);
  return article;
}

export function openStores(): readonly Promise<Store>[] {
  return [
    Promise.resolve(createMemoryStore({ clock: Date.now })),
    createSqliteStore({ file: "app.db", durability: "process" }),
    createPostgresStore({ url: "postgres://localhost/app" }),
    createPostgresStore({ pool: new Pool() }),
    createRedisStore({ url: "redis://localhost" }),
    createRedisStore({ client: new Redis({ lazyConnect: true }) }),
  ];
}

export function startExpress(store: Store): void {
  const unclash: Unclash<Request> = createUnclash<Request>({
    store,
    collections,
    identify: ({ native }) => ({ name: native.hostname }),
  });
  const app = express();
  app.use("/api", onExpress.mount(unclash));
  app.put(
    "/articles/:id",
    onExpress.guarded(
      { load: ({ params }: Request) => find(params["id"]) },
      async ({ req, res, current, expected, outcome }) => {
        const row = await outcome.expectRow(update(current.id, expected, req.body));
        outcome.updated(row.version);
        res.json(row);
      },
    ),
  );
  app.use(onExpress.problems());
  app.listen(onExpress.unguarded(app).length);
}

export async function startFastify(store: Store): Promise<void> {
  const unclash = createUnclash<FastifyRequest>({ store, collections });
  const app = Fastify({ frameworkErrors: onFastify.frameworkErrors(unclash) });
  await app.register(onFastify.watchRoutes);
  app.register(onFastify.mount(unclash), { prefix: "/api" });
  app.register(onFastify.problems());
  app.put(
    "/articles/:id",
    onFastify.guarded(
      { load: ({ params }) => find(params["id"]) },
      async ({ request, current, expected, outcome }): Promise<Article> => {
        const row = await outcome.expectRow(update(current.id, expected, request.body));
        outcome.updated(row.version);
        return row;
      },
    ),
  );
  await app.listen({ port: 0 });
}

export function startKoa(store: Store): void {
  const app = new Koa();
  app.use(onKoa.problems());
  app.use(onKoa.mount(createUnclash<Context>({ store, collections }), { prefix: "/api" }));
  app.use(
    onKoa.guarded({ load: ({ path }: Context) => find(path) }, async ({ ctx, current, expected, outcome }) => {
      const row = await outcome.expectRow(update(current.id, expected, ctx.request.type));
      outcome.updated(row.version);
      ctx.body = row;
    }),
  );
  app.listen(0);
}

export function startNode(store: Store): void {
  const unclash = createUnclash({ store, collections });
  createServer(onNode.mount(unclash, { prefix: "/api" })).listen(0);
  createServer((request, response) => {
    void unclash.handle(nodeFacts(request, { base: "", url: "/articles", native: request }));
    response.end();
  });
}

export function decide(state: CurrentState): number {
  const parsed = parseConditions(() => undefined, { method: "PUT", now: Date.now() });
  if (parsed.kind === "malformed") return 400;
  return evaluatePreconditions("PUT", parsed.conditions, state).kind === "failed" ? 409 : 200;
}

export function declareSuites(test: (name: string, run: () => Promise<void>) => void): void {
  storeSuite({ test, open: async ({ clock }) => createMemoryStore({ clock: clock.now }) });
  adapterSuite({
    test,
    store: () => createMemoryStore(),
    start: (unclash, { prefix, server }) => listen(createServer(server, onNode.mount(unclash, { prefix }))),
  });
  guardSuite({
    test,
    start: () => listen(createServer()),
    store: ({ clock }) => createMemoryStore({ clock: clock.now }),
  });
}

/** That types are found, and none is `any`: each line is refused. */
export function misuse(store: Store): void {
  // @ts-expect-error
  createUnclash({ store });
  // @ts-expect-error
  onExpress.mount(store);
  // @ts-expect-error
  onFastify.mount(store);
  // @ts-expect-error
  onKoa.mount(store);
  // @ts-expect-error
  onNode.mount(store);
}
