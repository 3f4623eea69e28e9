import { EventEmitter, once } from "node:events";
import { request as send } from "node:http";
import { Writable } from "node:stream";
import Fastify, { type FastifyInstance, type FastifyRequest } from "fastify";
import { isGuardError } from "unclash";
import { expect, onTestFinished, test, vi } from "vitest";
import { ask, createArticles, serve } from "./articles.test-support.js";
import { guard } from "./guard.js";
import { problems } from "./problems.js";

function articleGuard(options: Parameters<typeof guard>[0] = {}) {
  const articles = createArticles();
  const article = guard({ load: ({ params }: FastifyRequest) => articles.load(params), ...options });
  return { articles, article };
}

async function statuses(app: FastifyInstance, urls: readonly string[]): Promise<readonly number[]> {
  const url = await serve(app);
  return Promise.all(urls.map(async (path) => (await ask(url + path, "PUT", {}, {})).status));
}

const done = async () => "done";

test("a guard guards its context and those inside, those too that came before it, and nothing outside", async () => {
  const { article } = articleGuard();
  const app = Fastify();
  app.put("/outside/:id", done);
  app.register(async (context) => {
    context.put("/before/:id", done);
    context.register(async (inside) => void inside.put("/inside-before/:id", done));
    context.register(article);
    context.put("/after/:id", done);
    context.register(async (inside) => void inside.put("/inside-after/:id", done));
  });
  app.register(async (sibling) => void sibling.put("/sibling/:id", done));
  const inside = ["/before/1", "/inside-before/1", "/after/1", "/inside-after/1"];
  expect(await statuses(app, [...inside, "/outside/1", "/sibling/1"])).toEqual([428, 428, 428, 428, 200, 200]);
});

test("a guard runs after the hooks before it and the route's schema, and before the hooks behind it", async () => {
  const { articles, article } = articleGuard();
  const ran: string[] = [];
  const app = Fastify();
  app.addHook("preValidation", async () => void ran.push("preValidation"));
  app.addHook("preHandler", async () => void ran.push(`before ${articles.loads()}`));
  app.register(article);
  app.register(async (context) => {
    context.addHook("preHandler", async () => void ran.push(`behind ${articles.loads()}`));
    const body = { type: "object", required: ["title"] };
    context.put("/:id", { schema: { body } }, done);
  });
  const url = await serve(app);
  expect((await ask(`${url}/1`, "PUT", { "if-match": '"1"' }, {})).status).toBe(400);
  expect(articles.loads()).toBe(0);
  expect((await ask(`${url}/1`, "PUT", { "if-match": '"1"' }, { title: "New" })).status).toBe(200);
  expect(ran).toEqual(["preValidation", "preValidation", "before 0", "behind 1"]);
});

test("a hook that answers keeps a request from the guard", async () => {
  const { articles, article } = articleGuard();
  const app = Fastify();
  app.addHook("onRequest", async (_request, reply) => reply.code(401).send({ who: "are you" }));
  app.register(article);
  expect(await statuses(app, ["/1"])).toEqual([401]);
  expect(articles.loads()).toBe(0);
});

test("requests that no route is found for are the app's", async () => {
  const { articles, article } = articleGuard();
  const app = Fastify();
  app.register(article);
  app.get("/left/:id", (_request, reply) => reply.callNotFound());
  const url = await serve(app);
  expect((await ask(`${url}/nowhere`)).body.toString()).toContain("Route GET:/nowhere not found");
  expect(articles.loads()).toBe(0);
  expect((await ask(`${url}/left/1`)).status).toBe(404);
  expect(articles.loads()).toBe(1);
});

test("a route can be guarded alone, with hooks and options of its own; guarded twice, it is loaded once", async () => {
  const { articles, article } = articleGuard();
  const app = Fastify();
  app.get("/free/:id", done);
  app.get("/one/:id", article.route, async (request) => article.of(request).current);
  app.register(async (context) => {
    context.register(article);
    context.get("/two/:id", { ...article.route, logLevel: "warn" }, async (request) => article.of(request).expected);
  });
  const url = await serve(app);
  expect((await ask(`${url}/free/9`)).status).toBe(200);
  expect((await ask(`${url}/one/9`)).status).toBe(404);
  expect(JSON.parse((await ask(`${url}/one/1`)).body.toString())).toEqual({ id: "1", title: "Old", version: 1 });
  const loads = articles.loads();
  expect((await ask(`${url}/two/1`)).body.toString()).toBe("1");
  expect(articles.loads()).toBe(loads + 1);
});

test("of() knows only the requests that came through its guard", async () => {
  const { article } = articleGuard();
  const app = Fastify();
  app.get("/:id", async (request) => article.of(request).etag);
  const url = await serve(app);
  expect((await ask(`${url}/1`)).body.toString()).toContain("has not come through this guard");
});

test("load, resource and identify see what hooks have decorated the request with", async () => {
  const app = Fastify();
  app.decorateRequest("tenant", "");
  app.addHook("onRequest", async (request) => request.setDecorator("tenant", "blue"));
  const article = guard({
    load: (request) => ({ version: 1, value: request.getDecorator<string>("tenant") }),
    identify: ({ native }) => ({ name: native.getDecorator<string>("tenant") }),
  });
  app.register(article);
  app.get("/:id", async (request) => [article.of(request).current, article.of(request).actor]);
  const answer = await ask(`${await serve(app)}/1`);
  expect(JSON.parse(answer.body.toString())).toEqual(["blue", { name: "blue" }]);
});

/** An app whose handlers throw, each in its own way, what its guard gives them. */
function throwing(article: ReturnType<typeof articleGuard>["article"], app: FastifyInstance): void {
  const conflict = (request: FastifyRequest): unknown => {
    try {
      return article.of(request).outcome.conflict();
    } catch (thrown) {
      return thrown;
    }
  };
  app.register(article);
  app.put("/async/:id", async (request) => article.of(request).outcome.conflict());
  app.put("/sync/:id", (request) => article.of(request).outcome.conflict());
  app.put("/sent/:id", (request, reply) => void setImmediate(() => reply.send(conflict(request))));
  app.put("/serialized/:id", {
    preSerialization: async (request) => article.of(request).outcome.conflict(),
    handler: async () => ({}),
  });
  app.put("/other/:id", async () => {
    throw new Error("other");
  });
}

const thrown = ["async", "sync", "sent", "serialized"].map((path) => `/${path}/1`);

test("what handlers throw of a guard is answered by it; all else is the outer error handler's", async () => {
  const { article } = articleGuard();
  const seen: unknown[] = [];
  const app = Fastify();
  app.setErrorHandler((error, _request, reply) => {
    seen.push(error);
    return reply.code(599).send();
  });
  app.register(async (context) => throwing(article, context));
  const url = await serve(app);
  for (const path of thrown) {
    const answer = await ask(url + path, "PUT", { "if-match": '"1"' }, {});
    expect([path, answer.status, answer.headers["content-type"]]).toEqual([path, 409, "application/problem+json"]);
  }
  expect(seen).toEqual([]);
  expect((await ask(`${url}/other/1`, "PUT", { "if-match": '"1"' }, {})).status).toBe(599);
  expect(seen).toEqual([expect.objectContaining({ message: "other" })]);
});

test("what the handler of one route throws is answered, where that route alone is guarded", async () => {
  const { article } = articleGuard();
  const app = Fastify();
  app.setErrorHandler((_error, _request, reply) => reply.code(599).send());
  app.put("/one/:id", article.route, async (request) => article.of(request).outcome.conflict());
  app.put("/other/:id", article.route, async () => {
    throw new Error("other");
  });
  const url = await serve(app);
  const put = async (path: string) => (await ask(url + path, "PUT", { "if-match": '"1"' }, {})).status;
  expect([await put("/one/1"), await put("/other/1")]).toEqual([409, 599]);
});

test("with onError \"next\", all problems are the app's to answer, and a 304 stays the guard's", async () => {
  const { article } = articleGuard({ onError: "next" });
  const app = Fastify();
  app.setErrorHandler((error, _request, reply) => reply.code(isGuardError(error) ? 498 : 499).send());
  app.register(async (context) => {
    throwing(article, context);
    context.get("/:id", done);
    context.put("/one/:id", article.route, async (request) => article.of(request).outcome.conflict());
  });
  const url = await serve(app);
  for (const path of [...thrown, "/one/1"]) {
    expect([path, (await ask(url + path, "PUT", { "if-match": '"1"' }, {})).status]).toEqual([path, 498]);
    expect((await ask(url + path, "PUT", {}, {})).status).toBe(498);
  }
  expect((await ask(`${url}/1`, "GET", { "if-none-match": '"1"' })).status).toBe(304);
});

test("guards and problems() share the one error handler that Fastify allows a context", async () => {
  const warned = vi.fn<(warning: Error) => void>();
  process.on("warning", warned);
  onTestFinished(() => void process.off("warning", warned));
  const { article } = articleGuard();
  const app = Fastify({ allowErrorHandlerOverride: false });
  app.register(article).register(guard({})).register(problems());
  app.put("/:id", async (request) => article.of(request).outcome.conflict());
  const url = await serve(app);
  expect((await ask(`${url}/1`, "PUT", { "if-match": '"1"' }, {})).status).toBe(409);
  const broken = await ask(`${url}/1`, "PUT", { "content-type": "application/json" });
  expect([broken.status, broken.headers["content-type"]]).toEqual([400, "application/problem+json"]);
  expect(warned.mock.calls.filter(([{ name }]) => name === "FastifyWarning")).toEqual([]);
});

test("a refused write does not run because its client goes away while a hook still works on the answer", async () => {
  const { article } = articleGuard();
  const ran: string[] = [];
  const app = Fastify();
  const events = new EventEmitter();
  const [held, closed] = [once(events, "held"), once(events, "closed")];
  app.addHook("onRequest", async (_request, reply) => void reply.raw.once("close", () => events.emit("closed")));
  app.addHook("onSend", async (_request, _reply, content) => {
    events.emit("held");
    await once(events, "go on");
    return content;
  });
  app.register(article);
  app.put("/:id", async () => ran.push("handler"));
  const request = send(`${await serve(app)}/1`, { method: "PUT" }).on("error", () => {});
  request.end();
  await held;
  request.destroy();
  await closed;
  // What Fastify waits for the response's end with is told of it in the same turn.
  await new Promise((resolve) => setImmediate(resolve));
  expect(ran).toEqual([]);
  events.emit("go on");
});

test("an answered conflict is no error in the log", async () => {
  const levels: number[] = [];
  const stream = new Writable({
    write(line, _encoding, callback) {
      levels.push(JSON.parse(String(line)).level);
      callback();
    },
  });
  const { article } = articleGuard();
  const app = Fastify({ logger: { level: "trace", stream } });
  throwing(article, app);
  const url = await serve(app);
  for (const path of thrown) {
    expect((await ask(url + path, "PUT", { "if-match": '"1"' }, {})).status).toBe(409);
    expect((await ask(url + path, "PUT", { "if-match": '"0"' }, {})).status).toBe(409);
  }
  expect(levels.length).toBeGreaterThan(8);
  expect(Math.max(...levels)).toBe(30);
});

test("the report counts what came to the guard, in all its routes", async () => {
  const { article } = articleGuard({ reportOnly: true });
  const app = Fastify();
  app.put("/one/:id", article.route, done);
  app.register(async (context) => {
    context.register(article);
    context.put("/two/:id", done);
  });
  expect(await statuses(app, ["/one/1", "/two/1"])).toEqual([200, 200]);
  expect(article.report()).toMatchObject({ writes: 2, unconditional: 2 });
});
