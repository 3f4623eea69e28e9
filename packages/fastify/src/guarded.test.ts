import { request as send } from "node:http";
import { Readable } from "node:stream";
import { createMemoryStore } from "@unclash/memory";
import Fastify, { type FastifyReply, type FastifyRequest } from "fastify";
import { expect, test } from "vitest";
import { ask, createArticles, serve } from "./articles.test-support.js";
import { check } from "./guard.js";
import { guarded } from "./guarded.js";
import { conditional, expectOnce, type Handler, keyed, serveHandler } from "./guarded.test-support.js";

const ways: Readonly<Record<string, Handler>> = {
  "a returned value": async () => ({ a: 1 }),
  "a value that is returned at once": () => ({ a: 1 }),
  "reply.send, and the reply returned": async ({ reply }) => reply.send({ a: 1 }),
  "reply.send alone": async ({ reply }) => void reply.send({ a: 1 }),
  "reply.send in a callback": ({ reply }) => void setImmediate(() => reply.send({ a: 1 })),
  "a stream": ({ reply }) => reply.type("application/json").send(Readable.from(['{"a":', "1}"])),
  "a web stream": ({ reply }) => reply.type("application/json").send(new Response('{"a":1}').body),
  "a Response": () => new Response('{"a":1}', { headers: { "content-type": "application/json" } }),
  "a hijacked reply, and the raw response": ({ reply }) => {
    reply.hijack();
    reply.raw.writeHead(200, { "Content-Type": "application/json", "X-Raw": "1" });
    reply.raw.end('{"a":1}');
  },
  "a hijacked reply that ends later": async ({ reply }) => {
    reply.hijack();
    await new Promise((resolve) => setImmediate(resolve));
    reply.raw.setHeader("content-type", "application/json");
    reply.raw.write('{"a":');
    reply.raw.end("1}");
  },
};

test.each(Object.entries(ways))(
  "%s: the guard's headers go out once, on reads, writes and repeats",
  async (_name, way) => {
    let runs = 0;
    const url = await serveHandler((context) => {
      runs += 1;
      if (context.request.method === "PUT") context.outcome.updated(2);
      return way(context);
    });
    const read = await ask(url);
    expect([read.status, read.headers.etag, read.headers["cache-control"]]).toEqual([200, '"1"', "no-cache"]);
    const written = await ask(url, "PUT", keyed, {});
    const again = await ask(url, "PUT", keyed, {});
    expect(runs).toBe(2);
    expect([written.status, written.headers.etag, again.status, again.headers.etag]).toEqual([200, '"2"', 200, '"2"']);
    expect(again.headers["idempotency-replayed"]).toBe("true");
    expect(again.headers["content-type"]).toBe(written.headers["content-type"]);
    for (const answer of [read, written, again]) {
      expect(answer.body.toString()).toBe('{"a":1}');
      expectOnce(answer);
    }
  },
);

test("a HEAD, which Fastify makes of a GET, has the guard's headers and the length", async () => {
  const url = await serveHandler(async () => ({ a: 1 }));
  const head = await ask(url, "HEAD");
  expect([head.status, head.headers.etag, head.headers["content-length"]]).toEqual([200, '"1"', "7"]);
  expectOnce(head);
  const unchanged = await ask(url, "HEAD", { "if-none-match": '"1"' });
  expect([unchanged.status, unchanged.headers["content-length"]]).toEqual([304, undefined]);
  const failed = await ask(url, "HEAD", { "if-match": '"0"' });
  expect([failed.status, failed.headers["content-length"]]).not.toEqual([412, "0"]);
});

test("an answer is given again with its bytes, and with headers of several lines", async () => {
  const bytes = Buffer.from([0, 255, 1, 254]);
  const url = await serveHandler(({ reply }) =>
    reply.code(201).header("link", ["</a>; rel=a", "</b>; rel=b"]).send(bytes),
  );
  const first = await ask(url, "PUT", keyed, {});
  const again = await ask(url, "PUT", keyed, {});
  expect([again.status, again.headers["content-type"]]).toEqual([201, "application/octet-stream"]);
  expect(again.body.equals(bytes)).toBe(true);
  expect(again.headers["link"]).toBe(first.headers["link"]);
  expect(again.names.filter((name) => name === "link")).toHaveLength(2);
});

test("content without a type is given again without one", async () => {
  const url = await serveHandler(({ reply }) => reply.send(Readable.from(["plain"])));
  await ask(url, "PUT", keyed, {});
  const again = await ask(url, "PUT", keyed, {});
  expect([again.body.toString(), again.headers["content-type"]]).toEqual(["plain", undefined]);
});

test("what the handler has set for its content does not go out with a problem", async () => {
  const url = await serveHandler(async ({ reply, outcome }) => {
    reply.code(201).type("text/html").headers({ "content-length": "3", "content-encoding": "br" });
    outcome.conflict();
  });
  const answer = await ask(url, "PUT", conditional, {});
  expect([answer.status, answer.headers["content-type"]]).toEqual([409, "application/problem+json"]);
  expect(answer.headers["content-encoding"]).toBe(undefined);
  expect(JSON.parse(answer.body.toString())).toMatchObject({ status: 409 });
});

test("a 304 that a handler's check throws has no type of its content", async () => {
  const app = Fastify();
  const read = guarded({}, async ({ request, reply }) => {
    reply.type("text/html").header("content-length", "3");
    await check(request, { version: 1 });
    return "<p>";
  });
  app.get("/", read);
  const url = await serve(app);
  expect((await ask(url)).headers["content-type"]).toBe("text/html");
  const { status, headers } = await ask(url, "GET", { "if-none-match": '"1"' });
  expect([status, headers["content-type"], headers["content-length"]]).toEqual([304, undefined, undefined]);
});

test("an error after the head breaks the connection off, a guard's too", async () => {
  const fail = [
    (): never => {
      throw new Error("broken");
    },
    ({ outcome }: Parameters<Handler>[0]): never => outcome.conflict(),
  ];
  for (const end of fail) {
    let runs = 0;
    const url = await serveHandler(async (context) => {
      runs += 1;
      context.reply.raw.write("half");
      end(context);
    });
    await expect(ask(url, "PUT", conditional, {})).rejects.toThrow(/aborted|socket hang up/);
    expect(runs).toBe(1);
  }
});

test("the answer of a handler whose client is gone is kept, one without content too", async () => {
  for (const content of [{ a: 1 }, undefined]) {
    let runs = 0;
    const gone = new AbortController();
    const url = await serveHandler(async ({ request, reply }) => {
      runs += 1;
      gone.abort();
      await new Promise((resolve) => request.raw.socket.once("close", resolve));
      reply.code(content === undefined ? 204 : 201);
      return content;
    });
    const leaving = send(url, {
      method: "PUT",
      headers: { ...keyed, "content-type": "application/json" },
      signal: gone.signal,
    });
    await new Promise((resolve) => leaving.on("error", resolve).end("{}"));
    await expect.poll(async () => (await ask(url, "PUT", keyed, {})).status).toBe(content === undefined ? 204 : 201);
    expect(runs).toBe(1);
  }
});

test("the key of a handler that never answers a client that is gone is left to lapse", async () => {
  const gone = new AbortController();
  const idempotency = { store: createMemoryStore(), leaseMs: 100, anonymous: "address" } as const;
  const app = Fastify();
  app.put(
    "/",
    guarded({ idempotency }, () => gone.abort()),
  );
  const url = await serve(app);
  const headers = { "idempotency-key": keyed["idempotency-key"] };
  const leaving = send(url, { method: "PUT", headers, signal: gone.signal });
  await new Promise((resolve) => leaving.on("error", resolve).end());
  const outcome = async (): Promise<unknown> => JSON.parse((await ask(url, "PUT", headers)).body.toString()).outcome;
  await expect.poll(outcome, { timeout: 10_000 }).toBe("unknown");
});

test("what is no guard's, handlers throw to the app's error handler, with the request and the reply", async () => {
  const seen: unknown[] = [];
  const url = await serveHandler(
    () => {
      throw new Error("broken");
    },
    (app) => {
      app.setErrorHandler((error: Error, request, reply) => {
        seen.push(error.message, request.url);
        return reply.code(599).send();
      });
    },
  );
  expect((await ask(url, "PUT", keyed, {})).status).toBe(599);
  expect((await ask(url, "PUT", keyed, {})).status).toBe(599);
  expect(seen).toEqual(["broken", "/1", "broken", "/1"]);
});

test("types go through: of load's request, of the row and its version, of schemas and of the route", async () => {
  interface Params {
    readonly id: string;
  }
  const articles = createArticles();
  const load = ({ params }: FastifyRequest<{ Params: Params }>) => articles.load(params);
  const app = Fastify();
  app.put<{ Params: Params; Body: { title: string }; Reply: { title: string } }>(
    "/typed/:id",
    guarded(
      { load: (request: FastifyRequest<{ Params: Params; Body: { title: string } }>) => load(request) },
      async ({ request, expected, outcome }) => {
        const row = await outcome.expectRow(articles.update(request.params.id, expected, request.body.title.trim()));
        outcome.updated(row.version);
        return row;
      },
    ),
  );
  app.get(
    "/plain/:id",
    guarded({ load: ({ params }) => articles.load(params["id"] && params) }, ({ current }) => current.title),
  );
  const schema = { params: { type: "object", properties: { id: { type: "string" } } } } as const;
  app.get(
    "/schema/:id",
    { schema },
    guarded({ load }, ({ current }: { current: { title: string } }) => current.title),
  );
  const bare = (request: FastifyRequest, reply: FastifyReply): unknown => reply.send(request.url);
  app.get("/bare", bare);
  const url = await serve(app);
  expect((await ask(`${url}/plain/1`)).body.toString()).toBe("Old");
  expect((await ask(`${url}/typed/1`, "PUT", conditional, { title: " New " })).headers.etag).toBe('"2"');
  expect((await ask(`${url}/schema/1`)).body.toString()).toBe("New");
});
