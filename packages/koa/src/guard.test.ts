import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import Router from "@koa/router";
import { Articles, ask } from "@unclash/test-articles";
import Koa, { type Context, type Middleware } from "koa";
import { isGuardError } from "unclash";
import { expect, test } from "vitest";
import { parseBodies } from "./body-parser.test-support.js";
import { check, guard, guarded } from "./guard.js";
import { problems } from "./problems.js";
import { serve } from "./serve-app.test-support.js";

function setUp() {
  const articles = new Articles();
  const load = (context: Context) => articles.load(context["params"]?.id);
  const router = new Router();
  const app = new Koa();
  app.silent = true;
  return { articles, load, router, app };
}

const onFirst = { headers: { "if-match": '"1"' }, body: { title: "New" } };

test("a guarded handler gets the row and its version, with their types, and its write is compared", async () => {
  const { articles, load, router, app } = setUp();
  router.put(
    "/articles/:id",
    guarded({ load }, async ({ ctx, current, expected, outcome }) => {
      const row = await outcome.expectRow(articles.update(current.id, expected, `${current.title} and new`));
      outcome.updated(row.version);
      ctx.body = row;
    }),
  );
  const url = await serve(app.use(parseBodies).use(router.routes()));
  const done = await ask("PUT", `${url}/articles/1`, onFirst);
  expect([done.status, done.headers.etag, JSON.parse(done.text)]).toEqual([
    200,
    '"2"',
    { id: "1", title: "Old and new", version: 2 },
  ]);
  const late = await ask("PUT", `${url}/articles/1`, onFirst);
  expect([late.status, JSON.parse(late.text)]).toMatchObject([409, { current: { version: 2 } }]);
});

test("a middleware guards what is behind it, and answers what it throws there", async () => {
  const { articles, load, router, app } = setUp();
  const article = guard({ load });
  router.all("/articles/:id", article);
  router.get("/articles/:id", (context) => {
    context.body = article.of(context).current;
  });
  router.delete("/articles/:id", async (context) => {
    const { expected, outcome } = article.of(context);
    articles.update("1", expected, "by another");
    await outcome.expectAffected(articles.remove("1", expected));
  });
  const url = await serve(app.use(router.routes()));
  const read = await ask("GET", `${url}/articles/1`);
  expect([read.status, read.headers.etag, read.headers["cache-control"]]).toEqual([200, '"1"', "no-cache"]);
  const lost = await ask("DELETE", `${url}/articles/1`, { headers: { "if-match": '"1"' } });
  expect([lost.status, lost.headers["content-type"]]).toEqual([409, "application/problem+json"]);
  expect(article.report()).toMatchObject({ writes: 1 });
  expect(() => article.of(app.createContext(...nothing()))).toThrow("has not come through this guard");
});

/** A request and a response of nobody's. */
function nothing(): Parameters<Koa["createContext"]> {
  const request = new IncomingMessage(new Socket());
  return [request, new ServerResponse(request)];
}

test("a handler that loads in its own transaction checks there, and problems() answers what that throws", async () => {
  const { articles, load, router, app } = setUp();
  router.put("/articles/:id", async (context) => {
    const { expected, outcome } = await check(context, load(context));
    const [row] = articles.update(context.params["id"], expected, "checked");
    outcome.updated(row?.version ?? 0);
    context.body = row;
  });
  const url = await serve(app.use(problems()).use(parseBodies).use(router.routes()));
  expect((await ask("PUT", `${url}/articles/1`, { body: {} })).status).toBe(428);
  expect((await ask("PUT", `${url}/articles/1`, onFirst)).headers.etag).toBe('"2"');
  expect((await ask("PUT", `${url}/articles/1`, onFirst)).status).toBe(409);
  expect((await ask("PUT", `${url}/articles/9`, onFirst)).status).toBe(404);
  const malformed = await ask("PUT", `${url}/articles/1`, { body: "{" });
  expect(JSON.parse(malformed.text)).toMatchObject({ status: 400, errors: [{ code: "malformed-json" }] });
});

test("middleware before a guard sees its answers on the context, and may change them", async () => {
  const { load, router, app } = setUp();
  const seen: unknown[] = [];
  router.put(
    "/articles/:id",
    guarded({ load }, ({ outcome }) => outcome.conflict()),
  );
  const watch: Middleware = async (context, next) => {
    await next();
    seen.push([context.status, context.response.get("content-type"), JSON.parse(String(context.body)).status]);
    context.set("x-seen", "yes");
  };
  const url = await serve(app.use(watch).use(router.routes()));
  const missing = await ask("PUT", `${url}/articles/1`);
  const lost = await ask("PUT", `${url}/articles/1`, onFirst);
  expect([missing.status, missing.headers["x-seen"], lost.status]).toEqual([428, "yes", 409]);
  expect(seen).toEqual([
    [428, "application/problem+json", 428],
    [409, "application/problem+json", 409],
  ]);
});

test('with onError "next", problems are thrown on: to middleware, to Koa, and to the app\'s error event', async () => {
  const { load, router, app } = setUp();
  const told: unknown[] = [];
  app.on("error", (error, context) => told.push([isGuardError(error), error.status, context.path]));
  router.put(
    "/articles/:id",
    guarded({ load, onError: "next" }, ({ outcome }) => outcome.conflict()),
  );
  const url = await serve(app.use(router.routes()));
  const missing = await ask("PUT", `${url}/articles/1`);
  expect([missing.status, missing.headers["content-type"], missing.text]).toEqual([
    428,
    "text/plain; charset=utf-8",
    expect.stringContaining("If-Match"),
  ]);
  expect((await ask("PUT", `${url}/articles/1`, onFirst)).status).toBe(409);
  expect((await ask("GET", `${url}/elsewhere`)).status).toBe(404);
  expect(told).toEqual([
    [true, 428, "/articles/1"],
    [true, 409, "/articles/1"],
  ]);
});

test("errors that no guard made are thrown on, and their answers carry none of the guard's headers", async () => {
  const { load, router, app } = setUp();
  const broken = new Error("broken");
  const told: unknown[] = [];
  app.on("error", (error) => told.push(error));
  router.get(
    "/articles/:id",
    guarded({ load }, () => Promise.reject(broken)),
  );
  router.get(
    "/load/:id",
    guarded({ load: () => Promise.reject(broken) }, () => {}),
  );
  const url = await serve(app.use(problems()).use(router.routes()));
  for (const path of ["/articles/1", "/load/1"]) {
    const { status, headers } = await ask("GET", url + path);
    expect([status, headers.etag, headers["cache-control"]]).toEqual([500, undefined, undefined]);
  }
  expect(told).toEqual([broken, broken]);
});

test("an answer takes back what the handler said of its content", async () => {
  const { load, router, app } = setUp();
  router.put(
    "/articles/:id",
    guarded({ load }, ({ ctx, outcome }) => {
      ctx.set({ "content-length": "5", "content-encoding": "gzip", "content-type": "text/html", etag: '"own"' });
      outcome.conflict();
    }),
  );
  const url = await serve(app.use(router.routes()));
  const { headers, text } = await ask("PUT", `${url}/articles/1`, onFirst);
  expect([headers["content-encoding"], headers["content-type"], headers.etag]).toEqual([
    undefined,
    "application/problem+json",
    undefined,
  ]);
  expect(JSON.parse(text)).toMatchObject({ status: 409 });
});

test("in routers in routers, problems name the path that the client used", async () => {
  const { load, app } = setUp();
  const inner = new Router({ prefix: "/api" }).put(
    "/articles/:id",
    guarded({ load }, () => {}),
  );
  const outer = new Router({ prefix: "/v1/:tenant" }).use(inner.routes());
  const url = await serve(app.use(outer.routes()));
  const refused = await ask("PUT", `${url}/v1/a%20b/api/articles/1?x=1`);
  expect(JSON.parse(refused.text)).toMatchObject({ status: 428, instance: "/v1/a%20b/api/articles/1" });
});

test("a handler that answers past Koa is answered past Koa where a guard stops it", async () => {
  const { load, router, app } = setUp();
  router.put(
    "/articles/:id",
    guarded({ load }, ({ ctx, outcome }) => {
      ctx.respond = false;
      if (ctx.query["stop"] !== undefined) outcome.conflict();
      outcome.updated(2);
      ctx.res.writeHead(200, { "x-own": "yes" }).end("raw");
    }),
  );
  const url = await serve(app.use(router.routes()));
  const done = await ask("PUT", `${url}/articles/1`, onFirst);
  expect([done.status, done.headers.etag, done.headers["x-own"], done.text]).toEqual([200, '"2"', "yes", "raw"]);
  const stopped = await ask("PUT", `${url}/articles/1?stop`, onFirst);
  expect([stopped.status, JSON.parse(stopped.text).status]).toEqual([409, 409]);
});

test("what a guard throws once the head is out is told to the app, and nothing is sent twice", async () => {
  const { load, router, app } = setUp();
  const told: unknown[] = [];
  app.on("error", (error) => told.push(isGuardError(error)));
  router.put(
    "/articles/:id",
    guarded({ load }, ({ ctx, outcome }) => {
      ctx.respond = false;
      ctx.res.end("whole");
      outcome.conflict();
    }),
  );
  const url = await serve(app.use(problems()).use(router.routes()));
  const answer = await ask("PUT", `${url}/articles/1`, onFirst);
  expect([answer.status, answer.text, told]).toEqual([404, "whole", [true]]);
});
