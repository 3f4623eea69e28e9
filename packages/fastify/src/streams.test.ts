import { createServer } from "node:http";
import compress from "@fastify/compress";
import etag from "@fastify/etag";
import {
  createHttp2StreamClient,
  createStreamEngine,
  ProbeStream,
  reading,
  type Start,
  type StreamClient,
  streamSuite,
} from "@unclash/conformance/adapter";
import Fastify, { type FastifyInstance, type onSendHookHandler } from "fastify";
import { describe, expect, test, vi } from "vitest";
import { asFastify } from "./as-fastify.test-support.js";
import { mount } from "./mount.js";

type Engine = Parameters<typeof mount>[0];

function appOf(unclash: Engine, prefix = "/api", app: FastifyInstance = Fastify()): FastifyInstance {
  return app.register(mount(unclash), { prefix });
}

async function listenOn(app: FastifyInstance) {
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  const close = async (): Promise<void> => {
    app.server.closeAllConnections?.();
    await app.close();
  };
  return { url, close };
}

describe("behind compression, entity-tags and hooks that collect", () => {
  const start: Start = (unclash, { prefix, server }) => {
    const app = Fastify({
      serverFactory: (handler) => createServer(server, (request, reply) => handler(request, reply)),
    });
    app.register(compress, { threshold: 0 });
    app.register(etag);
    app.addHook("onSend", collect);
    return listenOn(appOf(unclash, prefix, app));
  };
  streamSuite({ test, start });
});

/** What an app may do to see the whole content of its answers. */
const collect: onSendHookHandler = async (_request, _reply, content) => {
  if (typeof content !== "object" || content === null || !(Symbol.asyncIterator in content)) return content;
  const pieces: string[] = [];
  for await (const piece of content as AsyncIterable<unknown>) pieces.push(String(piece));
  return pieces.join("");
};

describe("over HTTP/2", () => {
  const start: Start = (unclash, { prefix }) =>
    listenOn(appOf(unclash, prefix, asFastify(Fastify({ http2: true, http2SessionTimeout: 60_000 }))));
  streamSuite({ test, start, client: createHttp2StreamClient });
});

describe("by inject", () => {
  const apps = new Map<string, FastifyInstance>();
  const start: Start = async (unclash, { prefix }) => {
    const app = appOf(unclash, prefix);
    const url = `http://inject-${apps.size}`;
    apps.set(url, app);
    await app.ready();
    return { url, close: () => app.close() };
  };
  const inject = (url: string): StreamClient => ({
    protocol: "none",
    open(method, path, { content } = {}) {
      const leaving = new AbortController();
      const { head, pieces } = reading((resolve, reject) => {
        const app = apps.get(url);
        const request = { method: method as "GET", url: path, signal: leaving.signal, payloadAsStream: true } as const;
        app
          ?.inject({ ...request, ...(content !== undefined && { payload: content }) })
          .then((response) =>
            resolve({ body: response.stream(), status: response.statusCode, headers: response.headers }),
          )
          .catch(reject);
      });
      return { head, next: pieces, leave: () => leaving.abort() };
    },
    close: async () => {},
  });
  streamSuite({ test, start, client: inject });
});

test("hooks set headers of a stream, and see no content; onResponse runs at its end", async () => {
  const { unclash, play } = createStreamEngine();
  const stream = new ProbeStream();
  const seen: unknown[] = [];
  const app = Fastify();
  app.addHook("onSend", async (_request, reply, content) => {
    seen.push(content);
    reply.header("x-after", "yes");
  });
  app.addHook("onResponse", async () => void seen.push("over"));
  const { url, close } = await listenOn(appOf(unclash, "/api", app));
  const answer = await fetch(`${url}/api${play(async () => stream.plan())}`);
  expect([answer.headers.get("x-after"), seen]).toEqual(["yes", [undefined]]);
  stream.send("a");
  stream.end();
  expect(await answer.text()).toBe("a");
  await vi.waitFor(() => expect(seen).toEqual([undefined, "over"]));
  await close();
});

test("a hook that answers otherwise, or fails, ends the stream unread", async () => {
  const { unclash, play } = createStreamEngine();
  const hooks: readonly [number, string, onSendHookHandler][] = [
    [200, "other", async () => "other"],
    [200, "streamed", async () => new Response("streamed").body],
    [500, "broken", () => Promise.reject(new Error("broken"))],
    [404, "", async (_request, reply) => void reply.code(404)],
  ];
  for (const [status, text, hook] of hooks) {
    const stream = new ProbeStream();
    const app = Fastify();
    app.register(async (inside) => {
      inside.addHook("onSend", (request, reply, content) => hook.call(inside, request, reply, content, () => {}));
      appOf(unclash, "/api", inside);
    });
    const { url, close } = await listenOn(app);
    const answer = await fetch(`${url}/api${play(async () => stream.plan())}`);
    expect([answer.status, await answer.text()]).toEqual([status, expect.stringContaining(text)]);
    await vi.waitFor(() => expect([stream.pulls, stream.returns, stream.ends]).toEqual([0, 1, ["failed"]]));
    await close();
  }
});

test("what a stream throws is logged, and a time-out for handlers ends no stream", async () => {
  const { unclash, play } = createStreamEngine();
  const stream = new ProbeStream();
  const logged: { err?: { message: string }; msg: string }[] = [];
  const logger = { level: "error", stream: { write: (line: string) => void logged.push(JSON.parse(line)) } };
  const { url, close } = await listenOn(appOf(unclash, "/api", Fastify({ logger, handlerTimeout: 1 })));
  const answer = await fetch(`${url}/api${play(async () => stream.plan())}`);
  await new Promise((resolve) => setTimeout(resolve, 20));
  stream.fail(new Error("The stream is broken."));
  await expect(answer.text()).rejects.toThrow();
  expect(logged.map(({ err, msg }) => [err?.message, msg])).toEqual([
    ["The stream is broken.", "A response was broken off: its stream failed."],
  ]);
  await close();
});
