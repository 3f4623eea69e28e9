import { adapterSuite, type Served, type Start } from "@unclash/conformance/adapter";
import { createMemoryStore } from "@unclash/memory";
import Koa, { type Context, type Middleware } from "koa";
import { createUnclash, type Unclash, type UnclashOptions } from "unclash";
import { afterEach, expect, test } from "vitest";
import { z } from "zod";
import { parseBodies } from "./body-parser.test-support.js";
import { mount } from "./mount.js";
import { serveApp } from "./serve-app.test-support.js";

const startBehind =
  (...parsers: readonly Middleware[]): Start =>
  (unclash, { prefix, server }) => {
    const app = new Koa();
    app.on("error", () => {});
    for (const parser of parsers) app.use(parser);
    app.use(mount(unclash, { prefix }));
    app.use((context) => {
      if (context.path === `${prefix}/app-route`) context.body = "app";
    });
    return serveApp(app, server);
  };

adapterSuite({
  test,
  store: () => createMemoryStore(),
  start: startBehind(),
  startParsed: startBehind(parseBodies),
});

const served: Served[] = [];

afterEach(async () => {
  await Promise.all(served.splice(0).map((each) => each.close()));
});

function engine(options: Partial<UnclashOptions<Context>> = {}): Unclash<Context> {
  const notes = { schema: z.looseObject({}), preconditions: { required: false } } as const;
  return createUnclash<Context>({ store: createMemoryStore(), collections: { notes }, ...options });
}

async function serve(...middleware: readonly Middleware[]): Promise<string> {
  const app = new Koa();
  for (const each of middleware) app.use(each);
  const started = await serveApp(app);
  served.push(started);
  return started.url;
}

function put(url: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { method: "PUT", headers: { "content-type": "application/json", ...headers }, body: "{}" });
}

test("middleware before the mount sees status, headers and body, and may change them", async () => {
  const seen: unknown[] = [];
  const url = await serve(async (context, next) => {
    await next();
    seen.push([context.status, context.response.get("etag") !== "", context.body, context.response.length]);
    if (context.method === "GET") context.body = String(context.body).toUpperCase().concat("!");
  }, mount(engine()));
  await put(`${url}/notes/1`);
  const answer = await fetch(`${url}/notes/1`);
  expect(await answer.text()).toBe('{"ID":"1","VERSION":1}!');
  const text = '{"id":"1","version":1}';
  expect(seen).toEqual([
    [201, true, text, text.length],
    [200, true, text, text.length],
  ]);
});

test("the statuses that Koa has ideas of its own about stay what they are", async () => {
  const url = await serve(mount(engine()));
  const created = await put(`${url}/notes/1`, { prefer: "return=minimal" });
  expect([created.status, created.headers.get("content-length"), created.headers.get("content-type")]).toEqual([
    201,
    "0",
    null,
  ]);
  const etag = created.headers.get("etag") ?? "";
  const head = await fetch(`${url}/notes/1`, { method: "HEAD" });
  expect([head.status, head.headers.get("content-length"), head.headers.get("etag")]).toEqual([200, "22", etag]);
  const unchanged = await fetch(`${url}/notes/1`, { headers: { "if-none-match": etag } });
  expect([unchanged.status, unchanged.headers.get("etag"), unchanged.headers.get("content-length")]).toEqual([
    304,
    etag,
    null,
  ]);
  const deleted = await fetch(`${url}/notes/1`, { method: "DELETE" });
  expect([deleted.status, deleted.headers.get("content-type")]).toEqual([204, null]);
  const missing = await fetch(`${url}/notes/2`, { method: "HEAD" });
  expect([missing.status, missing.headers.get("content-type")]).toEqual([404, "application/problem+json"]);
});

test("what the app's functions throw is thrown to middleware before the mount, and told to the app", async () => {
  const told: unknown[] = [];
  const broken = new Error("broken");
  const identify = (): never => {
    throw broken;
  };
  const app = new Koa();
  app.on("error", (error, context) => told.push(error, context.path));
  app.use(async (_context, next) => {
    await next().catch((thrown: unknown) => {
      told.push(thrown);
      throw thrown;
    });
  });
  app.use(mount(engine({ identify })));
  const started = await serveApp(app);
  served.push(started);
  const answer = await fetch(`${started.url}/notes/1`);
  expect(answer.status).toBe(500);
  expect(await answer.text()).not.toContain("broken");
  expect(told).toEqual([broken, broken, "/notes/1"]);
});

test("paths that no collection owns go on to the next middleware, unless the mount keeps them", async () => {
  const url = await serve(
    mount(engine(), { prefix: "/open" }),
    mount(engine(), { prefix: "/kept/", fallthrough: false }),
    (context) => {
      context.body = context.url;
    },
  );
  for (const path of ["/", "/opened/notes", "/open/elsewhere?x=1", "/keptnotes"]) {
    expect(await (await fetch(url + path)).text()).toBe(path);
  }
  const kept = await fetch(`${url}/kept/elsewhere`);
  expect([kept.status, kept.headers.get("content-type")]).toEqual([404, "application/problem+json"]);
  expect(await kept.json()).toMatchObject({ type: "urn:problem-type:unclash:not-found", instance: "/kept/elsewhere" });
});

test("behind a mount that cuts its own prefix off, as koa-mount does, links carry the whole path", async () => {
  const url = await serve(
    async (context, next) => {
      context.path = context.path.replace(/^\/v1/, "");
      await next();
    },
    mount(engine(), { prefix: "/api" }),
  );
  const created = await put(`${url}/v1/api/notes/1`);
  expect(created.headers.get("location")).toBe("/v1/api/notes/1");
  const list = await fetch(`${url}/v1/api/notes?limit=1`);
  expect(list.status).toBe(200);
});

test("headers that the app has set before survive, and caches go by its Vary and ours", async () => {
  const url = await serve(
    async (context, next) => {
      context.vary("Origin");
      context.set("access-control-allow-origin", "https://example.org");
      await next();
    },
    mount(engine({ identify: ({ native }) => native.state["user"] })),
  );
  const answer = await fetch(`${url}/notes`);
  expect(answer.headers.get("access-control-allow-origin")).toBe("https://example.org");
  expect(answer.headers.get("vary")).toBe("Origin, authorization");
});

test("identify is given Koa's context", async () => {
  const url = await serve(
    async (context, next) => {
      context.state["user"] = { name: "alice" };
      await next();
    },
    mount(engine({ identify: ({ native }) => native.state["user"] })),
  );
  await put(`${url}/notes/1`);
  const { items } = z
    .object({ items: z.array(z.looseObject({})) })
    .parse(await (await fetch(`${url}/notes/1/versions`)).json());
  expect(items).toMatchObject([{ author: "alice" }]);
});

test("middleware that tags every answer tags no problem and no answer to a write", async () => {
  const app = new Koa();
  app.use(async (context, next) => {
    await next();
    if (context.body && !context.response.get("etag")) context.set("etag", '"of-the-content"');
  });
  app.use(mount(engine()));
  const server = await serveApp(app);
  served.push(server);
  const headers = { "content-type": "application/json", prefer: "dry-run" };
  const missing = await fetch(`${server.url}/notes/1`);
  const tried = await fetch(`${server.url}/notes/1`, { method: "PUT", headers, body: "{}" });
  expect([missing.status, missing.headers.get("etag")]).toEqual([404, null]);
  expect([tried.status, tried.headers.get("etag")]).toEqual([201, null]);
});
