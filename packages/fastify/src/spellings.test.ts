import { Articles, ask, letPast } from "@unclash/test-articles";
import Fastify, { type FastifyInstance, type FastifyRequest, type FastifyServerOptions } from "fastify";
import { expect, test } from "vitest";
import { serve } from "./articles.test-support.js";
import { type GuardedRequest, guard } from "./guard.js";
import { guarded } from "./guarded.js";

const resource = ({ params }: GuardedRequest) => (params["id"] === undefined ? null : `articles/${params["id"]}`);

interface Parts {
  readonly write: (request: FastifyRequest) => unknown;
  readonly load: (request: GuardedRequest) => ReturnType<Articles["load"]>;
}

function setUp(build: (app: FastifyInstance, parts: Parts) => void, options: FastifyServerOptions = {}) {
  const articles = new Articles();
  const write = (request: FastifyRequest) => articles.overwrite(Object(request.params).id, "New");
  const app = Fastify(options);
  app.register(async (inside) => build(inside, { write, load: ({ params }) => articles.load(params["id"]) }));
  return { app, articles };
}

const places: readonly (readonly [where: string, build: (app: FastifyInstance, parts: Parts) => void])[] = [
  [
    "a guard of a context",
    (app, { write, load }) => app.register(guard({ resource, load })).put("/articles/:id", write),
  ],
  ["a guard of a route", (app, { write, load }) => app.put("/articles/:id", guard({ resource, load }).route, write)],
  [
    "a guarded handler",
    (app, { load }) =>
      app.put(
        "/articles/:id",
        guarded({ load }, () => ({})),
      ),
  ],
];

const loose = {
  routerOptions: {
    ignoreTrailingSlash: true,
    ignoreDuplicateSlashes: true,
    caseSensitive: false,
    useSemicolonDelimiter: true,
  },
};

test.each(
  places.flatMap(
    ([where, build]) =>
      [
        [where, {}, build],
        [`${where}, loosely routed`, loose, build],
      ] as const,
  ),
)("no spelling of a target gets past %s", async (_where, options, build) => {
  const { app, articles } = setUp(build, options);
  expect(await letPast(await serve(app), articles)).toEqual([]);
});

test("a guard that finds no parameter, as the route's has another name, is 404; nothing is written", async () => {
  const { app, articles } = setUp((inside, { write, load }) => {
    inside.register(guard({ resource, load })).put("/articles/:key", write);
  });
  const refused = await ask("PUT", `${await serve(app)}/articles/1`, { headers: { "if-match": '"1"' }, body: {} });
  expect(refused.status).toBe(404);
  expect(articles.find("1")).toMatchObject({ title: "Old" });
});
