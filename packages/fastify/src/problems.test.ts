import Fastify, { type FastifyInstance } from "fastify";
import { expect, test } from "vitest";
import { ask, serve } from "./articles.test-support.js";
import { check } from "./guard.js";
import { guarded } from "./guarded.js";
import { type ProblemsOptions, problems, urlProblems } from "./problems.js";

function createApp(options: ProblemsOptions = {}): FastifyInstance {
  const { unknownRoutes, ...forUrls } = options;
  const app = Fastify({ bodyLimit: 20, frameworkErrors: urlProblems(forUrls) });
  app.register(problems(options));
  const part = { type: "object", properties: { n: { type: "integer" } } } as const;
  app.put("/:id", { schema: { body: part, querystring: part, headers: part } }, async () => "done");
  return app;
}

const json = { "content-type": "application/json" };

const refusals = [
  ["a type without a parser", "/1", { "content-type": "text/csv" }, "a", 415, "unsupported-media-type", undefined],
  ["no type at all", "/1", { "content-type": "nonsense" }, "a", 415, "unsupported-media-type", undefined],
  ["content that is too large", "/1", json, '"more than twenty bytes"', 413, "payload-too-large", undefined],
  ["no JSON", "/1", json, "{", 400, "malformed-request", [{ code: "malformed-json", pointer: "" }]],
  ["no content", "/1", json, "", 400, "malformed-request", [{ code: "malformed-json", pointer: "" }]],
  ["a URL that is no UTF-8", "/%ff", json, "{}", 400, "malformed-request", [{ code: "malformed-id", parameter: "id" }]],
  ["content against the schema", "/1", json, '{"n":"a"}', 422, "validation-failed", [{ pointer: "/n" }]],
  ["a query against the schema", "/1?n=a", json, "{}", 400, "malformed-request", [{ parameter: "n" }]],
  ["a header against the schema", "/1", { ...json, n: "a" }, "{}", 400, "malformed-request", [{ header: "n" }]],
] as const;

test.each(refusals)("%s is a problem", async (_name, path, headers, body, status, slug, errors) => {
  const url = await serve(createApp({ problemTypePrefix: "https://example.org/" }));
  const answer = await fetch(url + path, { method: "PUT", headers, body });
  expect([answer.status, answer.headers.get("content-type")]).toEqual([status, "application/problem+json"]);
  const problem: unknown = await answer.json();
  const instance = path.split("?")[0];
  expect(problem).toMatchObject({ type: `https://example.org/${slug}`, status, instance, ...(errors && { errors }) });
});

test("errors of the app and of plugins go on to the error handler outside, whatever their status", async () => {
  const app = Fastify();
  app.setErrorHandler((error: Error, _request, reply) => reply.code(599).send(error.message));
  app.register(async (context) => {
    context.register(problems());
    context.get("/:status", async (request) => {
      throw Object.assign(new Error("the app's"), { statusCode: Number(Object(request.params).status), code: "OWN" });
    });
  });
  const url = await serve(app);
  for (const status of [400, 404, 413, 500]) {
    const answer = await ask(`${url}/${status}`);
    expect([answer.status, answer.body.toString()]).toEqual([599, "the app's"]);
  }
});

test("without an error handler outside, they are answered as Fastify does", async () => {
  const app = Fastify();
  app.register(problems());
  app.get("/", async () => {
    throw Object.assign(new Error("none here"), { statusCode: 404 });
  });
  const answer = await ask(await serve(app));
  expect([answer.status, JSON.parse(answer.body.toString())]).toEqual([
    404,
    { statusCode: 404, error: "Not Found", message: "none here" },
  ]);
});

test("unknown routes are problems only where that is asked for", async () => {
  const plain = await ask(`${await serve(createApp())}/a/b?x=1`);
  expect(plain.body.toString()).toContain("Route GET:/a/b?x=1 not found");
  const asked = await ask(`${await serve(createApp({ unknownRoutes: true }))}/a/b?x=1`);
  expect([asked.status, JSON.parse(asked.body.toString())]).toMatchObject([
    404,
    { type: "urn:problem-type:unclash:not-found", instance: "/a/b" },
  ]);
});

/** A handler with a transaction of its own. */
function addChecked(app: FastifyInstance): void {
  let version = 1;
  app.route({
    method: ["GET", "PUT"],
    url: "/:id",
    handler: async (request) => {
      const { outcome, expected } = await check(request, { version });
      if (request.method === "GET") return "read";
      version = expected + 1;
      outcome.updated(version);
      return "written";
    },
  });
}

test("check() compares requests that came through no guard, and its answer has the new entity-tag", async () => {
  const app = Fastify();
  app.register(problems());
  addChecked(app);
  const url = `${await serve(app)}/1`;
  expect((await ask(url)).headers.etag).toBe('"1"');
  expect((await ask(url, "GET", { "if-none-match": '"1"' })).status).toBe(304);
  expect((await ask(url, "PUT", {}, {})).status).toBe(428);
  expect((await ask(url, "PUT", { "if-match": '"1"' }, {})).headers.etag).toBe('"2"');
  const stale = await ask(url, "PUT", { "if-match": '"1"' }, {});
  expect([stale.status, JSON.parse(stale.body.toString())]).toMatchObject([409, { current: { version: 2 } }]);
});

test("check() behind a guard needs no problems(), and without either it says what is missing", async () => {
  const behind = Fastify();
  const route = guarded({}, async ({ request }) => void (await check(request, { version: 1 })));
  behind.get("/:id", route);
  expect((await ask(`${await serve(behind)}/1`)).headers.etag).toBe('"1"');
  const bare = Fastify();
  addChecked(bare);
  const answer = await ask(`${await serve(bare)}/1`);
  expect([answer.status, answer.body.toString()]).toEqual([500, expect.stringContaining("register problems()")]);
});
