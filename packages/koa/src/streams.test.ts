import etag from "@koa/etag";
import {
  createHttp2StreamClient,
  createStreamEngine,
  listenHttp2,
  ProbeStream,
  type Start,
  streamSuite,
} from "@unclash/conformance/adapter";
import Koa, { type Middleware } from "koa";
import compress from "koa-compress";
import { describe, expect, test, vi } from "vitest";
import { mount } from "./mount.js";
import { serve, serveApp } from "./serve-app.test-support.js";

type Engine = Parameters<typeof mount>[0];

function appOf(unclash: Engine, prefix: string, ...before: readonly Middleware[]): Koa {
  const app = new Koa();
  app.silent = true;
  for (const each of before) app.use(each);
  return app.use(mount(unclash, { prefix }));
}

describe("behind compression and entity-tags", () => {
  const start: Start = (unclash, { prefix, server }) =>
    serveApp(appOf(unclash, prefix, compress({ threshold: 0 }), etag()), server);
  streamSuite({ test, start });
});

describe("over HTTP/2", () => {
  const start: Start = (unclash, { prefix }) => listenHttp2(appOf(unclash, prefix).callback());
  streamSuite({ test, start, client: createHttp2StreamClient });
});

test("middleware around the mount still sets headers of a stream, and sees no content", async () => {
  const { unclash, play } = createStreamEngine();
  const stream = new ProbeStream();
  const seen = vi.fn();
  const app = appOf(unclash, "/api", async (context, next) => {
    await next();
    seen(context.status, context.type, context.body);
    context.set("x-after", "yes");
  });
  const answer = await fetch(`${await serve(app)}/api${play(async () => stream.plan())}`);
  expect(answer.headers.get("x-after")).toBe("yes");
  expect(seen.mock.calls).toEqual([[200, "text/event-stream", ""]]);
  stream.send("a");
  stream.end();
  expect(await answer.text()).toBe("a");
});

test("middleware around the mount that answers otherwise, or fails, ends the stream unread", async () => {
  const { unclash, play } = createStreamEngine();
  const answers: readonly [number, string, Middleware][] = [
    [200, "other", (context, next) => next().then(() => Object.assign(context, { body: "other" }))],
    [418, "I'm a Teapot", async (context, next) => next().then(() => context.throw(418, "I'm a Teapot"))],
    [204, "", (context, next) => next().then(() => Object.assign(context, { body: null }))],
  ];
  for (const [status, text, around] of answers) {
    const stream = new ProbeStream();
    const answer = await fetch(`${await serve(appOf(unclash, "/api", around))}/api${play(async () => stream.plan())}`);
    expect([answer.status, await answer.text()]).toEqual([status, text]);
    await vi.waitFor(() => expect([stream.pulls, stream.returns, stream.ends]).toEqual([0, 1, ["failed"]]));
  }
});

test("where something else sends the response, a stream is sent as it is", async () => {
  const { unclash, play } = createStreamEngine();
  const stream = new ProbeStream();
  const app = appOf(unclash, "/api", (context, next) => {
    context.respond = false;
    return next();
  });
  const answer = await fetch(`${await serve(app)}/api${play(async () => stream.plan())}`);
  stream.send("a");
  stream.end();
  expect([answer.status, answer.headers.get("cache-control"), await answer.text()]).toEqual([
    200,
    "no-store, no-transform",
    "a",
  ]);
});

test("what a stream throws is an error of the app", async () => {
  const { unclash, play } = createStreamEngine();
  const stream = new ProbeStream();
  const app = appOf(unclash, "/api");
  const seen = vi.fn();
  app.on("error", (error: Error & { headerSent?: boolean }) => seen(error.message, error.headerSent));
  const answer = await fetch(`${await serve(app)}/api${play(async () => stream.plan())}`);
  stream.fail(new Error("The stream is broken."));
  await expect(answer.text()).rejects.toThrow();
  expect(seen.mock.calls).toEqual([["The stream is broken.", true]]);
});
