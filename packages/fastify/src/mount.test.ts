import { createHash } from "node:crypto";
import { createServer, request as send } from "node:http";
import { Readable } from "node:stream";
import fastifyEtag from "@fastify/etag";
import { adapterSuite, type Start } from "@unclash/conformance/adapter";
import { createMemoryStore } from "@unclash/memory";
import Fastify, { type FastifyInstance, type FastifyRequest } from "fastify";
import { createUnclash, type Unclash, type UnclashOptions } from "unclash";
import { expect, test } from "vitest";
import { z } from "zod";
import { clientErrorHandler } from "./client-error-handler.js";
import { frameworkErrors } from "./framework-errors.js";
import { mount } from "./mount.js";

const start: Start = async (unclash, { prefix, server }) => {
  const app = Fastify({
    serverFactory: (handler) => createServer(server, (request, response) => handler(request, response)),
    frameworkErrors: frameworkErrors(unclash, { prefix }),
    clientErrorHandler,
  });
  app.register(mount(unclash), { prefix });
  app.get(`${prefix}/app-route`, async () => "app");
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  const close = async (): Promise<void> => {
    app.server.closeAllConnections();
    await app.close();
  };
  return { url, close };
};

adapterSuite({ test, store: () => createMemoryStore(), start });

function engine(options: Partial<UnclashOptions<FastifyRequest>> = {}): Unclash<FastifyRequest> {
  const notes = { schema: z.looseObject({}), preconditions: { required: false } } as const;
  return createUnclash<FastifyRequest>({ store: createMemoryStore(), collections: { notes }, ...options });
}

function appWith(unclash: Unclash<FastifyRequest> = engine(), prefix = "/api"): FastifyInstance {
  const app = Fastify();
  app.register(mount(unclash), { prefix });
  return app;
}

const json = { "content-type": "application/json" };

test("what is registered outside keeps the app's own parsers, and unclash reads its bodies itself", async () => {
  const app = Fastify({ bodyLimit: 10 });
  app.register(mount(engine()), { prefix: "/api" });
  app.post("/echo", async (request) => ({ got: request.body }));
  const echoed = await app.inject({ method: "POST", url: "/echo", payload: { a: 1 } });
  expect(echoed.json()).toEqual({ got: { a: 1 } });
  const broken = await app.inject({ method: "PUT", url: "/api/notes/1", headers: json, payload: "{" });
  expect(broken.json()).toMatchObject({ status: 400, errors: [{ code: "malformed-json" }] });
  const long = await app.inject({
    method: "PUT",
    url: "/api/notes/1",
    headers: json,
    payload: '{"a":"more than 10 bytes"}',
  });
  expect(long.statusCode).toBe(201);
});

test("the app's hooks run around unclash's routes, and onSend may change the content", async () => {
  const app = Fastify();
  const ran: string[] = [];
  app.addHook("onRequest", async () => void ran.push("onRequest"));
  app.addHook("preParsing", async () => void ran.push("preParsing"));
  app.addHook("preValidation", async () => void ran.push("preValidation"));
  app.addHook("preHandler", async () => void ran.push("preHandler"));
  app.addHook("onSend", async (_request, _reply, content) => {
    ran.push(`onSend ${typeof content}`);
    return typeof content === "string" ? content.toUpperCase().concat("!") : content;
  });
  app.addHook("onResponse", async () => void ran.push("onResponse"));
  app.register(mount(engine()), { prefix: "/api" });
  const answer = await app.inject({ method: "PUT", url: "/api/notes/1", headers: json, payload: "{}" });
  expect(answer.body).toBe('{"ID":"1","VERSION":1}!');
  expect(ran).toEqual(["onRequest", "preParsing", "preValidation", "preHandler", "onSend string", "onResponse"]);
  ran.length = 0;
  expect((await app.inject({ method: "DELETE", url: "/api/notes/1" })).statusCode).toBe(204);
  expect(ran).toContain("onSend undefined");
});

test("a hook that answers itself keeps a request from unclash", async () => {
  const app = Fastify();
  app.addHook("preHandler", async (_request, reply) => reply.code(401).send({ who: "are you" }));
  app.register(mount(engine()), { prefix: "/api" });
  expect((await app.inject("/api/notes")).json()).toEqual({ who: "are you" });
});

test("the content is read from the stream that a hook has put before the request", async () => {
  const app = Fastify();
  app.addHook("preParsing", async (_request, _reply, payload) => {
    const chunks = await payload.toArray();
    return Readable.from([Buffer.from(Buffer.concat(chunks).toString("utf8").replaceAll("'", '"'))]);
  });
  app.register(mount(engine()), { prefix: "/api" });
  const answer = await app.inject({ method: "PUT", url: "/api/notes/1", headers: json, payload: "{'a':1}" });
  expect(answer.json()).toEqual({ id: "1", version: 1, a: 1 });
});

test("what identify throws reaches the app's error handler", async () => {
  const identify = (): never => {
    throw new Error("broken");
  };
  const app = Fastify();
  app.setErrorHandler<Error>((error, _request, reply) => reply.code(599).send(error.message));
  app.register(mount(engine({ identify })), { prefix: "/api" });
  for (const method of ["GET", "PROPFIND"] as const) {
    const answer = await app.inject({ method: method as "GET", url: "/api/notes/1" });
    expect([answer.statusCode, answer.body]).toEqual([599, "broken"]);
  }
});

const refusedTypes = ["nonsense", "application/", "", "; charset=utf-8"];

test.each(refusedTypes)("a content type that Fastify itself refuses (%j) gets unclash's 415", async (type) => {
  const app = appWith();
  const put = { method: "PUT", url: "/api/notes/1", headers: { "content-type": type }, payload: "{}" } as const;
  const answer = await app.inject(put);
  expect([answer.statusCode, answer.headers["content-type"]]).toEqual([415, "application/problem+json"]);
  await app.inject({ ...put, headers: json });
  expect((await app.inject({ ...put, method: "DELETE" })).statusCode).toBe(204);
});

test.each(refusedTypes)("no hook of the app's is passed by with such a content type (%j)", async (type) => {
  const app = Fastify();
  app.addHook("preHandler", async (request, reply) => {
    if (request.method === "DELETE") await reply.code(401).send();
  });
  app.register(mount(engine()), { prefix: "/api" });
  const put = { method: "PUT", url: "/api/notes/1", headers: json, payload: "{}" } as const;
  await app.inject(put);
  expect((await app.inject({ ...put, method: "DELETE", headers: { "content-type": type } })).statusCode).toBe(401);
  expect((await app.inject("/api/notes/1")).statusCode).toBe(200);
});

test("other paths stay the app's, its own 404 too, unless the mount keeps those below its prefix", async () => {
  const app = Fastify();
  app.register(mount(engine()), { prefix: "/open" });
  app.register(mount(engine(), { fallthrough: false }), { prefix: "/kept" });
  app.get("/open/own", async () => "own");
  app.setNotFoundHandler((request, reply) => reply.code(418).send(request.url));
  expect((await app.inject("/open/own")).body).toBe("own");
  for (const path of ["/", "/open", "/open/elsewhere?x=1", "/notes"]) expect((await app.inject(path)).body).toBe(path);
  for (const path of ["/kept", "/kept/", "/kept/elsewhere"]) {
    const kept = await app.inject({ method: "POST", url: path, payload: {} });
    expect([kept.statusCode, kept.headers["content-type"]]).toEqual([404, "application/problem+json"]);
  }
  expect((await app.inject("/kept/elsewhere")).json()).toMatchObject({ instance: "/kept/elsewhere" });
  expect((await app.inject("/kept?x=/y")).json()).toMatchObject({ instance: "/kept/" });
});

test("without a prefix, the app's own 404 stays its own", async () => {
  const app = appWith(engine(), "");
  app.setNotFoundHandler((_request, reply) => reply.code(418).send());
  expect((await app.inject("/elsewhere")).statusCode).toBe(418);
  expect((await app.inject("/notes")).statusCode).toBe(200);
  const put = { method: "PUT", url: "/notes/1", headers: json, payload: "{}" } as const;
  expect((await app.inject(put)).headers["location"]).toBe("/notes/1");
});

test("every method is unclash's to answer, those too that Fastify has no routes for", async () => {
  const app = appWith();
  app.addHttpMethod("PURGE");
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  for (const method of ["TRACE", "QUERY", "PROPFIND", "PURGE", "M-SEARCH"]) {
    const status = await new Promise((resolve, reject) => {
      const sent = send(`${url}/api/notes/1`, { method }, (answer) => {
        answer.resume().on("end", () => resolve([answer.statusCode, answer.headers.allow]));
      });
      sent.on("error", reject).end();
    });
    expect([method, status]).toEqual([method, [405, "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"]]);
  }
  await app.close();
});

test("a HEAD is unclash's own, and says the length of what GET would send", async () => {
  const app = appWith();
  await app.inject({ method: "PUT", url: "/api/notes/1", headers: json, payload: "{}" });
  const head = await app.inject({ method: "HEAD", url: "/api/notes/1" });
  expect([head.statusCode, head.headers["content-length"], head.body]).toEqual([200, "22", ""]);
});

test("ids are taken as they were sent: 256 bytes long, percent-encoded, and in any case", async () => {
  const app = Fastify({ routerOptions: { caseSensitive: false, ignoreTrailingSlash: true } });
  app.register(mount(engine()), { prefix: "/api" });
  for (const id of ["ü".repeat(128), "a%2Fb".replace("%2F", "."), "A b?#", "100%"]) {
    const url = `/api/notes/${encodeURIComponent(id)}`;
    const put = await app.inject({ method: "PUT", url, headers: json, payload: "{}" });
    expect(put.json()).toEqual({ id, version: 1 });
    expect((await app.inject(url)).json()).toEqual({ id, version: 1 });
  }
});

test("a prefix may hold parameters, and links carry what the client sent for them", async () => {
  const app = appWith(
    engine({ identify: ({ native }) => ({ name: String(Object(native.params).tenant) }) }),
    "/:tenant/api",
  );
  const put = await app.inject({ method: "PUT", url: "/a%20b/api/notes/1?x=/y", headers: json, payload: "{}" });
  expect(put.headers["location"]).toBe("/a%20b/api/notes/1");
  expect((await app.inject("/c/api/notes/1/versions")).json()).toMatchObject({ items: [{ author: "a b" }] });
});

test("headers that the app has set before survive, and caches go by its Vary and ours", async () => {
  const app = Fastify();
  app.addHook("onRequest", async (_request, reply) => {
    reply.headers({ vary: "Origin", "access-control-allow-origin": "https://example.org" });
  });
  app.register(mount(engine({ identify: () => undefined })), { prefix: "/api" });
  const { headers } = await app.inject("/api/notes");
  expect(headers["access-control-allow-origin"]).toBe("https://example.org");
  expect(headers["vary"]).toBe("Origin, authorization");
});

test("the server and its store can be ended together", async () => {
  const store = createMemoryStore();
  const app = appWith(engine({ store }));
  app.addHook("onClose", () => store.close());
  await app.ready();
  await app.close();
  await expect(store.read(["notes/1"])).rejects.toMatchObject({ code: "ERR_UNCLASH_STORE" });
});

test("a plugin that tags every answer tags no problem and no answer to a write, and makes no problem 304", async () => {
  const app = Fastify();
  await app.register(fastifyEtag);
  app.register(mount(engine()), { prefix: "/api" });
  const missing = await app.inject({ method: "GET", url: "/api/notes/1" });
  expect([missing.statusCode, missing.headers.etag]).toEqual([404, undefined]);
  const tag = `"${createHash("sha1").update(missing.body).digest("base64")}"`;
  const again = await app.inject({ method: "GET", url: "/api/notes/1", headers: { "if-none-match": tag } });
  expect([again.statusCode, again.body]).toEqual([404, missing.body]);
  const trial = { ...json, prefer: "dry-run" };
  const tried = await app.inject({ method: "PUT", url: "/api/notes/1", headers: trial, payload: { a: 1 } });
  expect([tried.statusCode, tried.headers.etag]).toEqual([201, undefined]);
  const made = await app.inject({ method: "PUT", url: "/api/notes/1", headers: json, payload: { a: 1 } });
  const got = await app.inject({ method: "GET", url: "/api/notes/1" });
  expect([got.statusCode, got.headers.etag]).toEqual([200, made.headers.etag]);
  expect(made.headers.etag).toMatch(/^"1-/);
});

test("a request that was paused before the mount is read all the same", async () => {
  const app = Fastify();
  app.addHook("onRequest", async (request) => {
    request.raw.pause();
  });
  app.register(mount(engine()), { prefix: "/api" });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  try {
    const answer = await fetch(`${url}/api/notes/1`, {
      method: "PUT",
      headers: json,
      body: '{"a":1}',
      signal: AbortSignal.timeout(10_000),
    });
    expect(answer.status).toBe(201);
  } finally {
    app.server.closeAllConnections();
    await app.close();
  }
});
