import { Articles, ask, letPast } from "@unclash/test-articles";
import type { Express, Request, RequestHandler } from "express";
import { describe, expect, test } from "vitest";
import { guard, guarded } from "./guard.js";
import { problems } from "./problems.js";
import { serve } from "./serve.test-support.js";
import { unguarded } from "./unguarded.js";
import { versions } from "./versions.test-support.js";

describe.each(versions)("%s", (name, express) => {
  const optionalId = name === "Express 4" ? "/:id?" : "{/:id}";
  const resource = ({ params }: Request) => (params["id"] === undefined ? null : `articles/${params["id"]}`);

  /** Handlers that do not ask for their guard, and write whatever they are let. */
  function setUp(build: (app: Express, parts: Parts) => void): { readonly app: Express; readonly articles: Articles } {
    const articles = new Articles();
    const app = express();
    app.use(express.json());
    const write: RequestHandler = (req, res) => {
      const row = articles.overwrite(req.params["id"], "New");
      if (row === undefined) res.status(404).end();
      else res.json(row);
    };
    build(app, { write, load: ({ params }) => articles.load(params["id"]) });
    app.use(problems());
    return { app, articles };
  }

  interface Parts {
    readonly write: RequestHandler;
    readonly load: (request: Request) => ReturnType<Articles["load"]>;
  }

  const places: readonly (readonly [where: string, build: (app: Express, parts: Parts) => void])[] = [
    [
      "a guard mounted before a router",
      (app, { write, load }) => {
        app.use(`/articles${optionalId}`, guard({ resource, load }));
        app.use("/articles", express.Router().put("/:id", write));
      },
    ],
    [
      "a guard mounted before a router, whose resource gives undefined",
      (app, { write, load }) => {
        // @ts-expect-error: only null says that a request is for no single resource.
        const article = guard({ resource: ({ params }: Request) => params["id"], load });
        app.use(`/articles${optionalId}`, article);
        app.use("/articles", express.Router().put("/:id", write));
      },
    ],
    [
      "a guard mounted before a router, below another parameter",
      (app, { write, load }) => {
        app.use(`/:kind${optionalId}`, guard({ resource, load }));
        app.use("/:kind", express.Router({ mergeParams: true }).put("/:id", write));
      },
    ],
    [
      "a guard of a route",
      (app, { write, load }) => {
        app.route("/articles/:id").all(guard({ resource, load })).put(write);
      },
    ],
    [
      "a guard among the handlers of a route in a router that is strict",
      (app, { write, load }) => {
        const router = express.Router({ strict: true, caseSensitive: true });
        app.use("/articles", router.put("/:id", guard({ resource, load }), write));
      },
    ],
    [
      "a guarded handler",
      (app, { load }) => {
        app.put(
          "/articles/:id",
          guarded({ load }, ({ res }) => void res.json({})),
        );
      },
    ],
  ];

  test.each(places)("no spelling of a target gets past %s", async (_where, build) => {
    const { app, articles } = setUp(build);
    expect(await letPast(await serve(app), articles)).toEqual([]);
  });

  test("a guard that finds no parameter, since its path has none, answers 404, and nothing is written", async () => {
    const { app, articles } = setUp((app, { write, load }) => {
      const router = express.Router();
      router.use(guard({ resource, load }));
      app.use("/articles", router.put("/:id", write));
    });
    const url = await serve(app);
    const refused = await ask("PUT", `${url}/articles/1`, { headers: { "if-match": '"1"' }, body: { title: "New" } });
    expect(refused.status).toBe(404);
    expect(refused.text).toContain("There is no single resource at /articles/1");
    expect(articles.find("1")).toMatchObject({ title: "Old" });
  });

  test("a resource that gives undefined for a write is an error of the app, which names it", async () => {
    const { app, articles } = setUp((app, { write, load }) => {
      // @ts-expect-error: only null says that a request is for no single resource.
      app.use(guard({ resource: ({ params }: Request) => params["id"], load }));
      app.put("/articles/:id", write);
    });
    const url = await serve(app);
    for (const method of ["PUT", "PATCH", "DELETE", "POST"]) {
      const refused = await ask(method, `${url}/articles/1`, { headers: { "if-match": '"1"' } });
      expect(refused.status).toBe(500);
      expect(refused.text).toContain(`returned undefined for ${method} /articles/1`);
    }
    expect(articles.find("1")).toMatchObject({ title: "Old" });
  });

  test("row 73: what lies below the path of a guard is not judged by it, and counts as unguarded", async () => {
    const { app } = setUp((app, { write, load }) => {
      app.use(`/articles${optionalId}`, guard({ resource, load }));
      app.put("/articles/:id", write);
      app.put("/articles/:id/comments/:comment", (_req, res) => void res.json({ comment: true }));
    });
    const url = await serve(app);
    const comment = await ask("PUT", `${url}/articles/1/comments/9`, { headers: { "if-match": '"c9"' }, body: {} });
    expect([comment.status, JSON.parse(comment.text)]).toEqual([200, { comment: true }]);
    expect((await ask("PUT", `${url}/articles/1`, { headers: { "if-match": '"c9"' }, body: {} })).status).toBe(409);
    expect(unguarded(app)).toEqual([{ method: "PUT", path: "/articles/:id/comments/:comment", within: [] }]);
  });

  test("a guard that is mounted without a parameter guards all that is below", async () => {
    const { app } = setUp((app, { load }) => {
      const router = express.Router({ mergeParams: true });
      router.use(guard({ load }));
      app.use(
        "/of/:id",
        router.put("/title", (_req, res) => void res.json({})),
      );
    });
    expect((await ask("PUT", `${await serve(app)}/of/1/title`, { body: {} })).status).toBe(428);
  });
});
