import Router from "@koa/router";
import { Articles, ask, letPast } from "@unclash/test-articles";
import Koa, { type Context } from "koa";
import { expect, test } from "vitest";
import { parseBodies } from "./body-parser.test-support.js";
import { guard, guarded } from "./guard.js";
import { serve } from "./serve-app.test-support.js";

const resource = (context: Context) =>
  context["params"]?.id === undefined ? null : `articles/${context["params"].id}`;

interface Parts {
  readonly write: (context: Context) => void;
  readonly load: (context: Context) => ReturnType<Articles["load"]>;
}

function setUp(build: (parts: Parts) => Router) {
  const articles = new Articles();
  const write = (context: Context) => {
    const row = articles.overwrite(context["params"].id, "New");
    if (row !== undefined) context.body = row;
  };
  const app = new Koa();
  app.silent = true;
  app.use(parseBodies).use(build({ write, load: (context) => articles.load(context["params"]?.id) }).routes());
  return { app, articles };
}

test.each<[where: string, build: (parts: Parts) => Router]>([
  [
    "a guard that its router uses",
    ({ write, load }) => new Router().use("/articles/:id", guard({ resource, load })).put("/articles/:id", write),
  ],
  [
    "a guard for all methods",
    ({ write, load }) => new Router().all("/articles/:id", guard({ resource, load })).put("/articles/:id", write),
  ],
  [
    "a guard of a route",
    ({ write, load }) => new Router({ prefix: "/articles" }).put("/:id", guard({ resource, load }), write),
  ],
  [
    "a guarded handler",
    ({ load }) =>
      new Router().put(
        "/articles/:id",
        guarded({ load }, ({ ctx }) => {
          ctx.body = {};
        }),
      ),
  ],
])("no spelling of a target gets past %s", async (_where, build) => {
  const { app, articles } = setUp(build);
  expect(await letPast(await serve(app), articles)).toEqual([]);
});

test("a guard that finds no parameter, since its path has none, answers 404, and nothing is written", async () => {
  const { app, articles } = setUp(({ write, load }) =>
    new Router().use(guard({ resource, load })).put("/articles/:key", write),
  );
  const refused = await ask("PUT", `${await serve(app)}/articles/1`, { headers: { "if-match": '"1"' }, body: {} });
  expect(refused.status).toBe(404);
  expect(articles.find("1")).toMatchObject({ title: "Old" });
});

test("row 73: what lies below the path of a guard is not judged by it", async () => {
  const { app } = setUp(({ write, load }) =>
    new Router()
      .use("/articles/:id", guard({ resource, load }))
      .put("/articles/:id", write)
      .put("/articles/:id/comments/:comment", (context) => {
        context.body = { comment: true };
      }),
  );
  const url = await serve(app);
  const comment = await ask("PUT", `${url}/articles/1/comments/9`, { headers: { "if-match": '"c9"' }, body: {} });
  expect([comment.status, JSON.parse(comment.text)]).toEqual([200, { comment: true }]);
  expect((await ask("PUT", `${url}/articles/1`, { headers: { "if-match": '"c9"' }, body: {} })).status).toBe(409);
});
