import { gunzipSync } from "node:zlib";
import { createMemoryStore } from "@unclash/memory";
import { Articles, ask, askAndLeave } from "@unclash/test-articles";
import compression from "compression";
import type { ErrorRequestHandler, Express, Request, Response } from "express";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { guard, guarded } from "./guard.js";
import { serve } from "./serve.test-support.js";
import { versions } from "./versions.test-support.js";

const key = "0123456789abcdef";
const made = { headers: { "idempotency-key": key }, body: { title: "Made" } };

/** Nobody waits longer than this for what is on its way. */
async function until(isSo: () => boolean): Promise<void> {
  await expect.poll(isSo, { timeout: 10_000 }).toBe(true);
}

describe.each(versions)("%s", (_name, express) => {
  function setUp() {
    const articles = new Articles();
    const app = express();
    const idempotency = { store: createMemoryStore(), anonymous: "address" } as const;
    return { app, articles, idempotency };
  }

  function addArticles(app: Express, answer: (response: Response, article: object) => unknown) {
    const { articles, idempotency } = setUp();
    app.use(express.json());
    app.post(
      "/articles",
      guarded({ idempotency }, ({ req, res, outcome }) => {
        const article = articles.insert(String(req.body.title));
        outcome.updated(article.version);
        answer(res.status(201).location(`/articles/${article.id}`), article);
      }),
    );
    return articles;
  }

  test('with onError "next", the app makes the same answer of a refusal for each repeat', async () => {
    const { app, articles, idempotency } = setUp();
    const load = (request: Request) => articles.load(request.params["id"]);
    app.put(
      "/articles/:id",
      guarded({ load, idempotency, onError: "next" }, ({ res }) => res.end()),
    );
    const answerErrors: ErrorRequestHandler = (error, _request, response, _next) => {
      response.status(error.status).json({ own: error.problem?.title });
    };
    app.use(answerErrors);
    const url = await serve(app);
    const late = { headers: { "idempotency-key": key, "if-match": '"0"' } };
    const first = await ask("PUT", `${url}/articles/1`, late);
    const second = await ask("PUT", `${url}/articles/1`, late);
    expect([first.status, JSON.parse(first.text)]).toEqual([409, { own: "The resource has changed" }]);
    expect([second.status, second.text]).toEqual([first.status, first.text]);
  });

  test.each<readonly [string, (response: Response, article: object) => unknown]>([
    ["res.json", (response, article) => response.json(article)],
    [
      "write and end",
      (response, article) => {
        response.write(JSON.stringify(article).slice(0, 9));
        response.end(JSON.stringify(article).slice(9));
      },
    ],
    ["end with a callback", (response, article) => response.end(JSON.stringify(article), "utf8", () => {})],
  ])("a repeat gets the first answer, and its entity-tag: %s", async (_way, answer) => {
    const app = express();
    const articles = addArticles(app, answer);
    const url = await serve(app);
    const first = await ask("POST", `${url}/articles`, made);
    const second = await ask("POST", `${url}/articles`, made);
    expect([first.status, first.headers.etag, JSON.parse(first.text).title]).toEqual([201, '"1"', "Made"]);
    const { status, headers, text } = second;
    expect([status, headers.etag, headers.location, text]).toEqual([201, '"1"', "/articles/2", first.text]);
    expect([headers["content-type"], headers["idempotency-replayed"]]).toEqual([first.headers["content-type"], "true"]);
    expect(articles.size).toBe(2);
  });

  test.each([0, 100_000])(
    "behind compression, answers are compressed as without a key, also when they are given again (threshold %i)",
    async (threshold) => {
      const app = express();
      app.use(compression({ threshold }));
      const long = "long ".repeat(2_000);
      const articles = addArticles(app, (response, article) => response.json({ ...article, long }));
      const url = await serve(app);
      const accepting = { "accept-encoding": "gzip" };
      const asked = { ...made, headers: { ...made.headers, ...accepting } };
      const bare = await ask("POST", `${url}/articles`, { ...made, headers: accepting });
      const answers = [
        await ask("POST", `${url}/articles`, asked),
        await ask("POST", `${url}/articles`, asked),
        // The same key, for one who can't decompress.
        await ask("POST", `${url}/articles`, made),
      ];
      const read = answers.map(({ headers, text }) => {
        const isCompressed = headers["content-encoding"] === "gzip";
        const bytes = Buffer.from(text, "latin1");
        return [isCompressed, JSON.parse((isCompressed ? gunzipSync(bytes) : bytes).toString("utf8")).long === long];
      });
      const isCompressed = threshold === 0;
      expect(bare.headers["content-encoding"] === "gzip").toBe(isCompressed);
      expect(read).toEqual([
        [isCompressed, true],
        [isCompressed, true],
        [false, true],
      ]);
      expect(answers.map(({ headers }) => headers.etag)).toEqual(['"1"', '"1"', '"1"']);
      expect(articles.size).toBe(3);
    },
  );

  test("who goes away while the handler runs gets the first answer when asking again", async () => {
    const { app, articles, idempotency } = setUp();
    app.use(express.json());
    let arrived = (): void => {};
    const hasArrived = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    let ended = false;
    app.post(
      "/articles",
      guarded({ idempotency }, async ({ req, res }) => {
        arrived();
        await new Promise((resolve) => res.once("close", resolve));
        res.status(201).json(articles.insert(String(req.body.title)));
        ended = true;
      }),
    );
    const url = await serve(app);
    await askAndLeave("POST", `${url}/articles`, made, hasArrived);
    await until(() => ended);
    const again = await ask("POST", `${url}/articles`, made);
    expect([again.status, again.headers["idempotency-replayed"], articles.size]).toEqual([201, "true", 2]);
  });

  test("where the client is gone and nothing was answered, the key is free again once its lease lapses", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    onTestFinished(() => void vi.useRealTimers());
    const { app } = setUp();
    let now = Date.UTC(2026, 0, 1);
    const store = createMemoryStore({ clock: () => now });
    let arrived = (): void => {};
    const hasArrived = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    let runs = 0;
    app.use(express.json());
    app.post(
      "/articles",
      guarded({ idempotency: { store, rerun: true, anonymous: "address" } }, async ({ res }) => {
        runs += 1;
        arrived();
        if (runs > 1) res.status(201).end();
        else await new Promise((resolve) => res.once("close", resolve));
      }),
    );
    const url = await serve(app);
    await askAndLeave("POST", `${url}/articles`, made, hasArrived);
    // Nothing renews the lease any more.
    await until(() => vi.getTimerCount() === 0);
    const early = await ask("POST", `${url}/articles`, made);
    expect([early.status, runs]).toEqual([409, 1]);
    now += 15_001;
    const later = await ask("POST", `${url}/articles`, made);
    expect([later.status, runs]).toEqual([201, 2]);
  });

  test("what a handler throws gives the key back where it says that nothing was applied", async () => {
    const { app, idempotency } = setUp();
    let runs = 0;
    app.use(express.json());
    const create = guard({ idempotency });
    app.post("/articles", create, (request, response) => {
      runs += 1;
      if (runs === 1) create.of(request).outcome.notApplied();
      if (runs === 1) throw new Error("broken");
      response.status(201).end();
    });
    const url = await serve(app);
    expect((await ask("POST", `${url}/articles`, made)).status).toBe(500);
    const again = await ask("POST", `${url}/articles`, made);
    expect([again.status, again.headers["idempotency-replayed"], runs]).toEqual([201, undefined, 2]);
  });
});
