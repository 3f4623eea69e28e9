import Router from "@koa/router";
import { createMemoryStore } from "@unclash/memory";
import Koa, { type Context, type Middleware } from "koa";
import { createUnclash } from "unclash";
import { expect, test } from "vitest";
import { z } from "zod";
import { guard, guarded } from "./guard.js";
import { mount } from "./mount.js";
import { unguarded } from "./unguarded.js";

const handler: Middleware = (context) => {
  context.body = "done";
};
const auth: Middleware = (_context, next) => next();
const article = guard({ load: () => null });
const wrapped = guarded({ load: () => null }, () => {});

type Used = Middleware | ReturnType<Router["routes"]>;

function found(middleware: readonly Used[], except: readonly string[] = []): readonly string[] {
  const app = new Koa();
  for (const each of middleware) {
    if ("router" in each) app.use(each);
    else app.use(each);
  }
  return unguarded(app, { except }).map(({ method, path, within }) => [method, ...within, path].join(" "));
}

const routed = (...routers: readonly Router[]): readonly Used[] => routers.map((router) => router.routes());

test("an app without routers has nothing unguarded", () => {
  expect(found([auth, handler])).toEqual([]);
});

test("routes that change something are listed, but for those that a guard is in", () => {
  const router = new Router();
  router.get("/a", handler).put("/a", handler).patch("/b", auth, handler).post("/d", handler).all("/e", handler);
  router.register("/f", ["PUT", "GET", "DELETE"], handler);
  router.head("/g", handler).options("/h", handler);
  router.put("/guarded", wrapped).patch("/guarded", auth, article, handler).all("/guarded/all", article, handler);
  router.put(["/one", "/two"], handler).put(/^\/expression/, handler);
  const open = ["PUT /a", "PATCH /b", "POST /d", "* /e", "PUT /f", "DELETE /f", "PUT /one", "PUT /two"];
  expect(found(routed(router))).toEqual([...open, "PUT /^\\/expression/"]);
  expect(found(routed(router), ["PUT /a", "* /e", ...open.slice(4)])).toEqual([
    "PATCH /b",
    "POST /d",
    "PUT /^\\/expression/",
  ]);
});

test("a guard behind a route's handler is never reached", () => {
  const router = new Router();
  router.put("/behind", handler, article).put("/behind/too", handler, wrapped).put("/good", auth, article, handler);
  expect(found(routed(router))).toEqual(["PUT /behind", "PUT /behind/too"]);
});

test("a guard before a route counts where its path covers the route's", () => {
  const router = new Router();
  router.put("/before", handler);
  router.use("/articles", article);
  router.put("/articles/:id", handler).put("/articles", handler).put("/articlesque", handler).put("/:any", handler);
  router.all("/drafts/:id", article).put("/drafts/:name", handler).put("/drafts/:id/more", handler);
  router.put("/puts/:id", article).put("/puts/:id", handler).delete("/puts/:id", handler);
  router.use("/n/7", article).put("/n/:id", handler).put("/n/7", handler);
  expect(found(routed(router))).toEqual([
    "PUT /before",
    "PUT /articlesque",
    "PUT /:any",
    "PUT /drafts/:id/more",
    "DELETE /puts/:id",
    "PUT /n/:id",
  ]);
});

test("a guard of the whole router, or of the app, is before all that comes after it", () => {
  const router = new Router();
  router
    .put("/early", handler)
    .use(article)
    .put("/late", handler)
    .put(/^\/expression/, handler);
  expect(found(routed(router))).toEqual(["PUT /early"]);
  const other = new Router().put("/other", handler);
  expect(found([...routed(router), article, ...routed(other)])).toEqual(["PUT /early"]);
  expect(found([auth, ...routed(other)])).toEqual(["PUT /other"]);
});

test("routers in routers are listed with whole paths, and guarded by what is before them", () => {
  const inner = new Router({ prefix: "/articles" });
  inner.put("/:id", handler).put("/:id/guarded", wrapped);
  const open = new Router({ prefix: "/open" }).use(inner.routes());
  const closed = new Router({ prefix: "/closed" }).use(article).use("/deep/:tenant", inner.routes());
  const late = new Router({ prefix: "/late" }).use(inner.routes()).use(article);
  expect(found(routed(open, closed, late))).toEqual(["PUT /open/articles/:id", "PUT /late/articles/:id"]);
  expect(found(routed(open), ["PUT /open/articles/:id"])).toEqual([]);
});

test("an exclusive router runs nothing before a route", () => {
  const router = new Router({ exclusive: true });
  router.use(article).put("/a", handler).put("/b", article, handler);
  expect(found(routed(router))).toEqual(["PUT /a"]);
});

test("a mount is guarded, and guards nothing but its own collections", () => {
  const notes = { schema: z.looseObject({}) };
  const unclash = createUnclash<Context>({ store: createMemoryStore(), collections: { notes } });
  const router = new Router().put("/other", handler).all("/more", mount(unclash));
  expect(found([mount(unclash), ...routed(router)])).toEqual(["PUT /other"]);
});

test("a guard without load is listed, with the reason", () => {
  const router = new Router()
    .put(
      "/a",
      guarded({}, () => {}),
    )
    .put("/b", guard({}), handler);
  const app = new Koa().use(router.routes());
  const reason = "Its guard has no `load`, and no handler has called `check` yet.";
  expect(unguarded(app)).toEqual([
    { method: "PUT", path: "/a", within: [], reason },
    { method: "PUT", path: "/b", within: [], reason },
  ]);
});
