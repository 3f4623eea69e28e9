import { createServer, type IncomingMessage, type RequestListener, type ServerOptions } from "node:http";
import { adapterSuite, listen, type Served, type Start } from "@unclash/conformance/adapter";
import { createMemoryStore } from "@unclash/memory";
import { createUnclash, type Unclash, type UnclashOptions } from "unclash";
import { afterEach, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { mount } from "./mount.js";

const start: Start = (unclash, { prefix, server }) => {
  const handle = mount(unclash, { prefix });
  const listener: RequestListener = (request, response) =>
    handle(request, response, (error) => {
      const isAppRoute = request.url?.split("?")[0] === `${prefix}/app-route`;
      response.statusCode = error !== undefined ? 500 : isAppRoute ? 200 : 404;
      response.end("app");
    });
  return listen(createServer(server, listener));
};

adapterSuite({ test, store: () => createMemoryStore(), start });

const served: Served[] = [];

afterEach(async () => {
  await Promise.all(served.splice(0).map((each) => each.close()));
});

function engine(options: Partial<UnclashOptions<IncomingMessage>> = {}): Unclash<IncomingMessage> {
  const notes = { schema: z.looseObject({}), preconditions: { required: false } } as const;
  return createUnclash<IncomingMessage>({ store: createMemoryStore(), collections: { notes }, ...options });
}

const broken = (): never => {
  throw new Error("a secret");
};

async function serve(listener: RequestListener, options: ServerOptions = {}): Promise<string> {
  const started = await listen(createServer(options, listener));
  served.push(started);
  return started.url;
}

function put(url: string, body = "{}"): Promise<Response> {
  return fetch(url, { method: "PUT", headers: { "content-type": "application/json" }, body });
}

test("alone in a server, it answers all that is not its own with 404", async () => {
  const url = await serve(mount(engine(), { prefix: "/api/" }));
  expect((await put(`${url}/api/notes/1`)).headers.get("location")).toBe("/api/notes/1");
  for (const path of ["/", "/api", "/api/elsewhere", "/notes/1", "/apinotes/1", "/other/notes"]) {
    const answer = await fetch(`${url}${path}?x=1`);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([404, "application/problem+json"]);
    expect(await answer.json()).toMatchObject({
      type: "urn:problem-type:unclash:not-found",
      instance: path === "/api" ? "/api/" : path,
    });
  }
});

test("called with next, it hands on what is not its own, unless it is to keep what is below its prefix", async () => {
  const open = mount(engine(), { prefix: "/open" });
  const kept = mount(engine(), { prefix: "/kept", fallthrough: false });
  const url = await serve((request, response) => {
    open(request, response, () => kept(request, response, (error) => void response.end(`${error} ${request.url}`)));
  });
  for (const path of ["/", "/open/elsewhere", "/notes", "/keptnotes"]) {
    expect(await (await fetch(url + path)).text()).toBe(`undefined ${path}`);
  }
  expect((await fetch(`${url}/kept/elsewhere`)).headers.get("content-type")).toBe("application/problem+json");
});

test.each([
  ["an error", () => broken(), "Error: a secret"],
  ["nothing", () => Promise.reject(), "Error: Something that is no error was thrown: undefined"],
])("called with next, it hands on what identify throws: %s", async (_what, identify, told) => {
  const handle = mount(engine({ identify }));
  const url = await serve((request, response) => handle(request, response, (error) => void response.end(`${error}`)));
  expect(await (await fetch(`${url}/notes`)).text()).toBe(told);
});

test("alone, it answers what identify throws with a bare 500, tells onError, and goes on serving", async () => {
  const told: unknown[] = [];
  let fails = true;
  const identify = (): undefined => (fails ? broken() : undefined);
  const onError = (error: object, request: IncomingMessage): void => void told.push(String(error), request.url);
  const url = await serve(mount(engine({ identify }), { onError }));
  const failed = await put(`${url}/notes/1`, `{"a":"${"x".repeat(100_000)}"}`);
  expect([failed.status, failed.headers.get("cache-control")]).toEqual([500, "no-store"]);
  expect(await failed.json()).toEqual({ type: "about:blank", title: "Internal Server Error", status: 500 });
  const head = await fetch(`${url}/notes/1`, { method: "HEAD" });
  expect([head.status, head.headers.get("content-type")]).toEqual([500, "application/problem+json"]);
  expect(told).toEqual(["Error: a secret", "/notes/1", "Error: a secret", "/notes/1"]);
  fails = false;
  expect((await fetch(`${url}/notes`)).status).toBe(200);
});

test("without onError, the process is warned, with the stack", async () => {
  const warned = new Promise<Error & { readonly code?: string; readonly detail?: string }>((resolve) => {
    const onWarning = (warning: Error & { readonly code?: string }): void => {
      if (warning.code === "UNCLASH_REQUEST_FAILED") resolve(warning);
    };
    process.on("warning", onWarning);
    onTestFinished(() => void process.off("warning", onWarning));
  });
  const url = await serve(mount(engine({ identify: broken })));
  await fetch(`${url}/notes`);
  const { code, message, detail } = await warned;
  expect([code, message]).toEqual(["UNCLASH_REQUEST_FAILED", "GET /notes failed: Error: a secret"]);
  expect(detail).toMatch(/at broken /);
});

test("an answer that has begun already is cut off where something throws", async () => {
  const identify = (): never => broken();
  const handle = mount(engine({ identify }), { onError: () => {} });
  const url = await serve((request, response) => {
    response.write("begun");
    handle(request, response);
  });
  await expect(fetch(`${url}/notes`).then((answer) => answer.text())).rejects.toThrow();
});

test("behind a mount that cuts its own path off, as connect does, links carry the whole path", async () => {
  const handle = mount(engine(), { prefix: "/api" });
  const url = await serve((request, response) => {
    const { url: originalUrl = "" } = request;
    Object.assign(request, { originalUrl, url: originalUrl.replace(/^\/v1/, "") });
    handle(request, response);
  });
  expect((await put(`${url}/v1/api/notes/1`)).headers.get("location")).toBe("/v1/api/notes/1");
});
