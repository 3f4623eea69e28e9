import { createMemoryStore } from "@unclash/memory";
import { ask } from "@unclash/test-articles";
import type { Request, RequestHandler } from "express";
import { createUnclash } from "unclash";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { check, guard, guarded } from "./guard.js";
import { mount } from "./mount.js";
import { serve } from "./serve.test-support.js";
import { unguarded } from "./unguarded.js";
import { versions } from "./versions.test-support.js";

const handler: RequestHandler = (_request, response) => void response.end();
const auth: RequestHandler = (_request, _response, next) => next();
const article = guard({ load: () => null });
const wrapped = guarded({ load: () => null }, () => {});

describe.each(versions)("%s", (name, express) => {
  /** `METHOD path` of the routes, those in routers with where these are. */
  const found = (app: Parameters<typeof unguarded>[0], except: readonly string[] = []): readonly string[] =>
    unguarded(app, { except }).map(({ method, path, within }) => [method, ...within, path].join(" "));

  test("an app without routes has none unguarded", () => {
    expect(found(express())).toEqual([]);
  });

  test("routes that change something are listed, but for those that a guard is in", () => {
    const app = express();
    app.get("/a", handler).put("/a", handler).patch("/b", auth, handler).delete("/c", [auth, handler]);
    app.post("/d", handler).all("/e", handler).head("/f", handler).options("/g", handler);
    app.put("/guarded", wrapped).patch("/guarded", auth, article, handler).delete("/guarded", [auth, wrapped]);
    app.all("/guarded/all", article, handler);
    app.route("/guarded/route").all(article).get(handler).put(handler);
    app.route("/mixed").get(handler).put(wrapped).delete(handler);
    app.route("/read").all(auth).get(handler);
    app.put(["/one", "/two"], handler).put(/^\/expression/, handler);
    expect(found(app)).toEqual([
      "PUT /a",
      "PATCH /b",
      "DELETE /c",
      "POST /d",
      "* /e",
      "DELETE /mixed",
      "PUT /one",
      "PUT /two",
      "PUT /^\\/expression/",
    ]);
    expect(found(app, ["PUT /a", "POST /d", "* /e", "PUT /b"])).toEqual([
      "PATCH /b",
      "DELETE /c",
      "DELETE /mixed",
      "PUT /one",
      "PUT /two",
      "PUT /^\\/expression/",
    ]);
  });

  test("a guard behind a route's handler is never reached", () => {
    const app = express();
    app.route("/late").put(handler).all(article);
    app.put("/before", handler);
    app.use(article);
    app.put("/after", handler);
    expect(found(app)).toEqual(["PUT /late", "PUT /before"]);
    const behind = express();
    behind.put("/behind", handler, article).put("/behind/too", handler, wrapped).put("/good", auth, article, handler);
    expect(found(behind)).toEqual(["PUT /behind", "PUT /behind/too"]);
  });

  test("a guard before a route counts where its path covers the route's", () => {
    const app = express();
    app.use("/articles", article);
    app.put("/articles/:id", handler).put("/articles", handler).put("/articlesque", handler).put("/:any", handler);
    app.all("/drafts/:id", article).put("/drafts/:name", handler).put("/drafts/:id/more", handler);
    app.put("/puts/:id", article).put("/puts/:id", handler).delete("/puts/:id", handler);
    expect(found(app)).toEqual(["PUT /articlesque", "PUT /:any", "PUT /drafts/:id/more", "DELETE /puts/:id"]);
  });

  test("patterns are compared by paths that both stand for", () => {
    const app = express();
    const [digits, optional, rest] =
      name === "Express 5" ? ["/n/7", "/o{/:part}", "/r/*rest"] : ["/n/:id(\\d+)", "/o/:part?", "/r/*"];
    app.use(digits, article).put("/n/:id", handler).put(digits, handler);
    app.all("/o/:part", article).put(optional, handler);
    app.use("/r", article).put(rest, handler);
    expect(found(app)).toEqual(["PUT /n/:id", `PUT ${optional}`]);
  });

  test("routers are looked into, and guards around them count on the paths that they are mounted at", () => {
    const app = express();
    const router = express.Router();
    const inner = express.Router();
    inner.put("/:id", handler).put("/:id/guarded", wrapped);
    router.use("/articles", inner).delete("/", handler);
    app.use("/open", router);
    app.use("/closed", article, router);
    app.use("/half/articles", article).use("/half", router);
    app.use("/tenants/:tenant", article).use("/tenants/:name", router);
    app.use(router);
    app.use("/sevens/7", article).use("/sevens/:name", express.Router().put("/", handler));
    const label = name === "Express 5" ? "/:name" : "/:p1";
    expect(found(app)).toEqual([
      "PUT /open /articles /:id",
      "DELETE /open /",
      "DELETE /half /",
      // What lies below the path of a guard is not judged by it.
      `PUT /tenants${label} /articles /:id`,
      "PUT /articles /:id",
      "DELETE /",
      `PUT /sevens${label} /`,
    ]);
    expect(found(app, ["PUT /open/articles/:id", "DELETE /open/", "DELETE /half/"])).toHaveLength(4);
    const open = express().use("/t/:name", router);
    expect(found(open)).toEqual([`PUT /t${label} /articles /:id`, `DELETE /t${label} /`]);
  });

  test("of a router on an expression, only a guard of all paths is known to be before it", () => {
    const router = express.Router().put("/:id", handler);
    const mounted = express()
      .use("/articles", article)
      .use(/^\/articles/, router);
    expect(found(mounted)).toEqual(["PUT (router) /:id"]);
    expect(found(express().use(article).use(/^\/a/, router))).toEqual([]);
  });

  test("a router by itself can be asked", () => {
    const router = express.Router();
    router.put("/a", handler).put("/b", wrapped);
    expect(found(router)).toEqual(["PUT /a"]);
  });

  test("an app in an app is listed as one, and asked by itself", () => {
    const inner = express();
    inner.put("/a", handler);
    expect(found(express().use("/inner", inner))).toEqual(["* /inner"]);
    expect(found(express().use("/inner", article, inner))).toEqual([]);
    expect(found(express().use("/inner", inner), ["* /inner"])).toEqual([]);
    expect(found(inner)).toEqual(["PUT /a"]);
  });

  test("a mount is guarded, and guards nothing but its own collections", () => {
    const notes = { schema: z.looseObject({}) };
    const unclash = createUnclash<Request>({ store: createMemoryStore(), collections: { notes } });
    const app = express().use(mount(unclash)).put("/other", handler).all("/more", mount(unclash));
    expect(found(app)).toEqual(["PUT /other"]);
  });

  test("a guard without load counts once a handler has called check; until then its routes are listed", async () => {
    const checked = guarded({}, async ({ req, res, outcome }) => {
      await check(req, { version: 1 });
      outcome.updated(2);
      res.json({});
    });
    const keyed = guarded({ idempotency: { store: createMemoryStore(), anonymous: "address" } }, ({ res }) =>
      res.json({}),
    );
    const app = express().put("/checked", checked).post("/keyed", keyed).put("/keyed", keyed);
    app.use("/behind", guard({}), handler);
    app.put("/behind/a", handler);
    const reason = "Its guard has no `load`, and no handler has called `check` yet.";
    const rest = [
      { method: "PUT", path: "/keyed", within: [], reason },
      { method: "PUT", path: "/behind/a", within: [], reason },
    ];
    expect(unguarded(app)).toEqual([{ method: "PUT", path: "/checked", within: [], reason }, ...rest]);
    expect((await ask("PUT", `${await serve(app)}/checked`, { headers: { "if-match": '"1"' } })).status).toBe(200);
    expect(unguarded(app)).toEqual(rest);
  });
});
