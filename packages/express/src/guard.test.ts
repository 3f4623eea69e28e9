import { Articles, ask } from "@unclash/test-articles";
import type { ErrorRequestHandler, Request } from "express";
import { describe, expect, test } from "vitest";
import { check, guard, guarded } from "./guard.js";
import { problems } from "./problems.js";
import { serve } from "./serve.test-support.js";
import { versions } from "./versions.test-support.js";

const onFirst = { headers: { "if-match": '"1"' }, body: { title: "New" } };

describe.each(versions)("%s", (_name, express) => {
  function setUp() {
    const articles = new Articles();
    const load = (request: Request) => articles.load(request.params["id"]);
    const app = express();
    app.use(express.json());
    return { app, articles, load };
  }

  test("a guarded handler gets the row and its version, with their types, and its write is compared", async () => {
    const { app, articles, load } = setUp();
    app.put(
      "/articles/:id",
      guarded({ load }, async ({ req, res, current, expected, outcome }) => {
        const title = `${current.title} and ${String(req.body.title)}`;
        const row = await outcome.expectRow(articles.update(current.id, expected, title));
        outcome.updated(row.version);
        res.json(row);
      }),
    );
    const url = await serve(app);
    const done = await ask("PUT", `${url}/articles/1`, onFirst);
    expect([done.status, done.headers.etag, JSON.parse(done.text)]).toEqual([
      200,
      '"2"',
      { id: "1", title: "Old and New", version: 2 },
    ]);
    const late = await ask("PUT", `${url}/articles/1`, onFirst);
    expect([late.status, JSON.parse(late.text)]).toMatchObject([409, { current: { version: 2 } }]);
  });

  test("one middleware guards all methods of a route, and what it gives throws into problems()", async () => {
    const { app, articles, load } = setUp();
    const article = guard({ load });
    app
      .route("/articles/:id")
      .all(article)
      .get((req, res) => void res.json(article.of(req).current))
      .delete((req, res, next) => {
        const { expected, outcome } = article.of(req);
        articles.update(req.params["id"], expected, "by another");
        outcome
          .expectAffected(articles.remove(req.params["id"], expected))
          .then(() => res.status(204).end())
          .catch(next);
      });
    app.use(problems());
    const url = await serve(app);
    const read = await ask("GET", `${url}/articles/1`);
    expect([read.status, read.headers.etag, read.headers["cache-control"]]).toEqual([200, '"1"', "no-cache"]);
    const lost = await ask("DELETE", `${url}/articles/1`, { headers: { "if-match": '"1"' } });
    expect([lost.status, lost.headers["content-type"]]).toEqual([409, "application/problem+json"]);
    expect(article.report()).toMatchObject({ writes: 1 });
  });

  test("a request that has not come through a guard has none", async () => {
    const { app } = setUp();
    const article = guard({});
    app.get("/", (req, res) => void res.send(String(article.of(req).etag)));
    const onError: ErrorRequestHandler = (error, _request, response, _next) =>
      void response.status(500).send(String(error));
    app.use(onError);
    const answer = await ask("GET", await serve(app));
    expect(answer.text).toMatch(/^UsageError: guard\.of\(\) was given a request that has not come through this guard/);
  });

  test("a handler that loads in its own transaction checks there, without a guard around it", async () => {
    const { app, articles, load } = setUp();
    app.put("/articles/:id", (req, res, next) => {
      const run = async (): Promise<void> => {
        const { expected, outcome } = await check(req, load(req));
        const [row] = articles.update(req.params["id"], expected, "checked");
        outcome.updated(row?.version ?? 0);
        res.json(row);
      };
      run().catch(next);
    });
    app.use(problems());
    const url = await serve(app);
    expect((await ask("PUT", `${url}/articles/1`, { body: {} })).status).toBe(428);
    expect((await ask("PUT", `${url}/articles/1`, onFirst)).headers.etag).toBe('"2"');
    expect((await ask("PUT", `${url}/articles/1`, onFirst)).status).toBe(409);
    expect((await ask("PUT", `${url}/articles/9`, onFirst)).status).toBe(404);
  });

  test("in routers in routers, problems name the path that the client used", async () => {
    const { app, load } = setUp();
    const outer = express.Router();
    const inner = express.Router({ mergeParams: true });
    inner.put(
      "/articles/:id",
      guarded({ load }, ({ res }) => res.end()),
    );
    outer.use("/:tenant/api", inner);
    app.use("/v1", outer);
    const url = await serve(app);
    const refused = await ask("PUT", `${url}/v1/a%20b/api/articles/1?x=1`, { body: {} });
    expect(JSON.parse(refused.text)).toMatchObject({ status: 428, instance: "/v1/a%20b/api/articles/1" });
  });

  test.each([
    ["an error", new Error("broken"), "Error: broken"],
    ["undefined", undefined, "Error: Something that is no error was thrown: undefined"],
  ])("what a handler, a load or a middleware's load rejects with reaches next: %s", async (_what, thrown, told) => {
    const { app } = setUp();
    const broken = (): Promise<never> => Promise.reject(thrown);
    app.put("/handler", guarded({ preconditions: { required: false } }, broken));
    app.put(
      "/load",
      guarded({ load: broken }, ({ res }) => res.end()),
    );
    app.put("/middleware", guard({ load: broken }), (_request, response) => void response.end());
    const onError: ErrorRequestHandler = (error, _request, response, _next) =>
      void response.status(599).send(`${error}`);
    app.use(onError);
    const url = await serve(app);
    for (const path of ["/handler", "/load", "/middleware"]) {
      const answer = await ask("PUT", url + path, { headers: { "if-match": '"1"' } });
      expect([answer.status, answer.text]).toEqual([599, told]);
    }
  });

  test("what is thrown once the head is out cuts the connection: half an answer must not look whole", async () => {
    const { app, load } = setUp();
    app.put(
      "/articles/:id",
      guarded({ load }, ({ req, res, outcome }) => {
        res.write("half");
        if (req.query["plain"] !== undefined) throw new Error("broken");
        outcome.conflict();
      }),
    );
    app.use(problems());
    const url = await serve(app);
    for (const query of ["", "?plain"])
      await expect(ask("PUT", `${url}/articles/1${query}`, onFirst)).rejects.toThrow(/aborted|socket hang up/);
  });

  test('with onError "next", the app\'s error handler answers, and finds what Express wants of errors', async () => {
    const { app, load } = setUp();
    app.put(
      "/articles/:id",
      guarded({ load, onError: "next" }, ({ outcome }) => outcome.conflict()),
    );
    const url = await serve(app);
    const bare = await ask("PUT", `${url}/articles/1`, { body: {} });
    expect([bare.status, bare.headers["content-type"]]).toEqual([428, "text/html; charset=utf-8"]);
    expect((await ask("PUT", `${url}/articles/1`, onFirst)).status).toBe(409);
  });

  test("a body parser's errors become problems; an answer takes back what was said of its content", async () => {
    const { app, load } = setUp();
    app.put(
      "/articles/:id",
      guarded({ load }, ({ res, outcome }) => {
        res.set({ "content-length": "5", "content-encoding": "gzip", "content-type": "text/html", etag: '"own"' });
        outcome.conflict();
      }),
    );
    app.use(problems());
    const url = await serve(app);
    const malformed = await ask("PUT", `${url}/articles/1`, { body: "{" });
    expect(JSON.parse(malformed.text)).toMatchObject({ status: 400, errors: [{ code: "malformed-json" }] });
    const { headers, text } = await ask("PUT", `${url}/articles/1`, onFirst);
    expect([headers["content-encoding"], headers["content-type"], headers.etag]).toEqual([
      undefined,
      "application/problem+json",
      undefined,
    ]);
    expect(JSON.parse(text)).toMatchObject({ status: 409 });
  });

  test("OPTIONS is Express's own to answer", async () => {
    const { app, load } = setUp();
    app
      .route("/articles/:id")
      .get(guarded({ load }, ({ res }) => res.end()))
      .put(guarded({ load }, ({ res }) => res.end()));
    const answer = await ask("OPTIONS", `${await serve(app)}/articles/9`);
    expect([answer.status, answer.headers.allow?.split(/, ?/).sort()]).toEqual([200, ["GET", "HEAD", "PUT"]]);
  });
});
