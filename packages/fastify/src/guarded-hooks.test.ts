import { Readable } from "node:stream";
import { createGzip, gunzipSync } from "node:zlib";
import Fastify, { type FastifyInstance } from "fastify";
import { expect, test } from "vitest";
import { ask, serve } from "./articles.test-support.js";
import { guarded } from "./guarded.js";
import { conditional, expectOnce, keyed, serveHandler } from "./guarded.test-support.js";

/** What makes entity-tags of contents, as @fastify/etag does. */
function tagContents(app: FastifyInstance): void {
  app.addHook("onSend", async (_request, reply, content) => {
    if (!reply.hasHeader("etag") && typeof content === "string") reply.header("etag", '"of the content"');
    return content;
  });
}

test("an entity-tag that a hook makes of the content goes out with no answer to a write and no problem", async () => {
  const url = await serveHandler(async ({ request, outcome }) => {
    if (request.headers["x-conflict"]) outcome.conflict();
    if (request.headers["x-updated"]) outcome.updated(2);
    return { a: 1 };
  }, tagContents);
  const tag = async (method: string, headers: Record<string, string>) => {
    const answer = await ask(url, method, headers, method === "PUT" ? {} : undefined);
    return [answer.status, answer.headers.etag];
  };
  expect(await tag("GET", {})).toEqual([200, '"1"']);
  expect(await tag("GET", { "if-none-match": '"1"' })).toEqual([304, '"1"']);
  expect(await tag("GET", { "if-match": '"0"' })).toEqual([412, undefined]);
  expect(await tag("PUT", conditional)).toEqual([200, undefined]);
  expect(await tag("PUT", { ...conditional, "x-updated": "1" })).toEqual([200, '"2"']);
  expect(await tag("PUT", { ...conditional, "x-conflict": "1" })).toEqual([409, undefined]);
  expect(await tag("PUT", { "if-match": '"0"' })).toEqual([409, undefined]);
  expect(await tag("PUT", { ...keyed, "x-updated": "1" })).toEqual([200, '"2"']);
  expect(await tag("PUT", { ...keyed, "x-updated": "1" })).toEqual([200, '"2"']);
});

test("nor does it with an answer that the app's error handler gives in place of a problem", async () => {
  const app = Fastify();
  tagContents(app);
  app.setErrorHandler((_error, _request, reply) => reply.code(409).send("the app's"));
  app.put(
    "/",
    guarded({ load: () => ({ version: 1 }), onError: "next" }, async () => "done"),
  );
  const answer = await ask(await serve(app), "PUT", { "if-match": '"0"' });
  expect([answer.status, answer.body.toString(), answer.headers.etag]).toEqual([409, "the app's", undefined]);
});

/** What encodes contents, as @fastify/compress does. */
function compress(app: FastifyInstance): void {
  app.addHook("onSend", async (_request, reply, content) => {
    if (typeof content !== "string") return content;
    reply.removeHeader("content-length").header("content-encoding", "gzip").header("vary", "accept-encoding");
    return Readable.from([content]).pipe(createGzip());
  });
}

test("a hook that encodes contents encodes problems too, and repeats once", async () => {
  const url = await serveHandler(async () => ({ a: 1 }), compress);
  const stale = await ask(url, "PUT", { "if-match": '"0"' }, {});
  expect([stale.status, JSON.parse(gunzipSync(stale.body).toString()).status]).toEqual([409, 409]);
  const first = await ask(url, "PUT", keyed, {});
  expect(gunzipSync(first.body).toString()).toBe('{"a":1}');
  const again = await ask(url, "PUT", { ...keyed, "accept-encoding": "gzip" }, {});
  expect(again.headers["idempotency-replayed"]).toBe("true");
  expect(gunzipSync(again.body).toString()).toBe('{"a":1}');
  const plain = await ask(url, "PUT", keyed, {});
  expect([plain.headers["content-encoding"], plain.body.toString()]).toEqual([undefined, '{"a":1}']);
});

test("headers that hooks have set stay, and caches go by their Vary and the guard's", async () => {
  const app = Fastify();
  app.addHook("onRequest", async (_request, reply) => void reply.headers({ vary: "Origin", "x-own": "1" }));
  const options = { load: () => ({ version: 1 }), identify: () => ({ name: "alice" }) };
  app.get(
    "/:id",
    guarded(options, async () => "content"),
  );
  const url = await serve(app);
  const read = await ask(`${url}/1`);
  expect([read.headers["x-own"], read.headers.vary]).toEqual(["1", "Origin, authorization"]);
  const unchanged = await ask(`${url}/1`, "GET", { "if-none-match": '"1"' });
  expect([unchanged.headers["x-own"], unchanged.headers.vary]).toEqual(["1", "Origin, authorization"]);
  expectOnce(unchanged);
});

test("a repeat has its own headers of hooks before the guard, and those of the handler from the first", async () => {
  let requests = 0;
  const url = await serveHandler(
    async ({ reply }) => void reply.header("x-handler", requests).header("set-cookie", "a=1"),
    (app) => {
      app.addHook("onRequest", async (_request, reply) => {
        requests += 1;
        reply.headers({ "x-request": requests, vary: "Origin" });
      });
    },
  );
  await ask(url, "PUT", keyed, {});
  const { headers, names } = await ask(url, "PUT", keyed, {});
  expect([headers["x-request"], headers["x-handler"], headers["set-cookie"]]).toEqual(["2", "1", undefined]);
  expect([headers.vary, names.filter((name) => name === "vary")]).toEqual(["Origin", ["vary"]]);
});
