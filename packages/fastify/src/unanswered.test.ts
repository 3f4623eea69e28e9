import Fastify, { type FastifyInstance, type FastifyRequest } from "fastify";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ask, createArticles, serve } from "./articles.test-support.js";
import { guard } from "./guard.js";
import { problems } from "./problems.js";

const texts: string[] = [];

beforeEach(() => {
  texts.length = 0;
  vi.spyOn(process, "emitWarning").mockImplementation((text, options) => {
    if (Object(options).code === "UNCLASH_REFUSAL_UNANSWERED") texts.push(String(text));
  });
});

afterEach(() => vi.restoreAllMocks());

const article = guard({ load: ({ params }: FastifyRequest) => createArticles().load(params) });
const lost = async (request: FastifyRequest) => article.of(request).outcome.conflict();

async function answerOf(app: FastifyInstance, path: string) {
  const url = await serve(app);
  const { status, headers } = await ask(url + path, "PUT", { "if-match": '"1"' }, {});
  return [status, headers["content-type"]];
}

const answered: readonly [where: string, path: string, build: (app: FastifyInstance) => void][] = [
  [
    "a route after it",
    "/after/1",
    (app) => {
      app.register(article);
      app.put("/after/:id", lost);
    },
  ],
  [
    "a context with an error handler that sends it on",
    "/own/1",
    (app) => {
      app.register(article);
      app.register(async (inside) => {
        inside.setErrorHandler((error, _request, reply) => reply.send(error));
        inside.put("/own/:id", lost);
      });
    },
  ],
  [
    "a route before it, after problems() of a context around",
    "/between/1",
    (app) => {
      app.register(problems());
      app.register(async (inside) => {
        inside.put("/between/:id", lost);
        inside.register(article);
      });
    },
  ],
];

test.each(answered)("what is thrown in a handler of %s is answered with a problem", async (_where, path, build) => {
  const app = Fastify();
  build(app);
  expect(await answerOf(app, path)).toEqual([409, "application/problem+json"]);
  expect(texts).toEqual([]);
});

const unanswered: readonly [where: string, path: string, build: (app: FastifyInstance) => void][] = [
  [
    "a route before it",
    "/before/1",
    (app) => {
      app.put("/before/:id", lost);
      app.register(article);
    },
  ],
  [
    "a context before it",
    "/inside-before/1",
    (app) => {
      app.register(async (inside) => void inside.put("/inside-before/:id", lost));
      app.register(article);
    },
  ],
];

test("an error handler of a context inside that makes a 500 of everything is told of", async () => {
  const app = Fastify();
  app.register(article);
  app.register(async (inside) => {
    inside.setErrorHandler((_error, _request, reply) => reply.code(500).send({ message: "It failed." }));
    inside.put("/swallowed/:id", lost);
  });
  expect(await answerOf(app, "/swallowed/1")).toEqual([500, "application/json; charset=utf-8"]);
  expect(texts).toHaveLength(1);
});

test.each(unanswered)(
  "what is thrown in a handler of %s is answered by Fastify, and the process warns once",
  async (_where, path, build) => {
    const app = Fastify();
    build(app);
    expect(await answerOf(app, path)).toEqual([409, "application/json; charset=utf-8"]);
    expect(texts).toHaveLength(1);
    expect(texts[0]).toContain(`PUT ${path.slice(0, -1)}… threw what its guard`);
  },
);

test("an error handler of the app's that is told everything has nothing to be warned of", async () => {
  const forwardsErrors = guard({ load: () => ({ version: 1 }), onError: "next" });
  const app = Fastify();
  app.register(forwardsErrors);
  app.setErrorHandler((_error, _request, reply) => reply.code(418).send({ own: true }));
  app.put("/next/:id", async (request) => forwardsErrors.of(request).outcome.conflict());
  expect(await answerOf(app, "/next/1")).toEqual([418, "application/json; charset=utf-8"]);
  expect(texts).toEqual([]);
});
