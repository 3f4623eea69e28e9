import { createServer } from "node:http";
import { adapterSuite, listen, type Served, type Start } from "@unclash/conformance/adapter";
import { createMemoryStore } from "@unclash/memory";
import type { ErrorRequestHandler, Express, Request, RequestHandler } from "express";
import { createUnclash, type Unclash, type UnclashOptions } from "unclash";
import { afterEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { mount } from "./mount.js";
import { versions } from "./versions.test-support.js";

const served: Served[] = [];

afterEach(async () => {
  await Promise.all(served.splice(0).map((each) => each.close()));
});

function engine(options: Partial<UnclashOptions<Request>> = {}): Unclash<Request> {
  const notes = { schema: z.looseObject({}), preconditions: { required: false } } as const;
  return createUnclash<Request>({ store: createMemoryStore(), collections: { notes }, ...options });
}

async function serve(app: Express): Promise<string> {
  const started = await listen(createServer(app));
  served.push(started);
  return started.url;
}

function put(url: string, note: unknown): Promise<Response> {
  return fetch(url, { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify(note) });
}

describe.each(versions)("%s", (_name, express) => {
  const startBehind =
    (...parsers: readonly RequestHandler[]): Start =>
    (unclash, { prefix, server }) => {
      const app = express();
      for (const parser of parsers) app.use(parser);
      app.use(prefix, mount(unclash));
      app.get(`${prefix}/app-route`, (_request, response) => void response.type("text").send("app"));
      app.set("env", "test");
      return listen(createServer(server, app));
    };
  adapterSuite({
    test,
    store: () => createMemoryStore(),
    start: startBehind(),
    startParsed: startBehind(express.json({ type: ["application/json", "application/*+json"], strict: false })),
  });

  test("in nested routers, links and problems carry the whole path that the client used", async () => {
    const app = express();
    const outer = express.Router();
    const inner = express.Router({ mergeParams: true });
    inner.use("/api", mount(engine()));
    outer.use("/tenants/:tenant", inner);
    app.use("/v1", outer);
    const url = await serve(app);
    const created = await put(`${url}/v1/tenants/a%20b/api/notes/1`, {});
    expect(created.headers.get("location")).toBe("/v1/tenants/a%20b/api/notes/1");
    const missing = await fetch(`${url}/v1/tenants/a%20b/api/notes/2?x=1`);
    expect(await missing.json()).toMatchObject({ status: 404, instance: "/v1/tenants/a%20b/api/notes/2" });
  });

  test("paths that no collection owns go on to the app, unless the mount keeps them", async () => {
    const app = express();
    app.use("/open", mount(engine()));
    app.use("/kept", mount(engine(), { fallthrough: false }));
    app.use((request, response) => void response.status(418).send(request.originalUrl));
    const url = await serve(app);
    const open = await fetch(`${url}/open/elsewhere`);
    expect([open.status, await open.text()]).toEqual([418, "/open/elsewhere"]);
    const kept = await fetch(`${url}/kept/elsewhere`);
    expect([kept.status, kept.headers.get("content-type")]).toEqual([404, "application/problem+json"]);
    expect(await kept.json()).toMatchObject({
      type: "urn:problem-type:unclash:not-found",
      instance: "/kept/elsewhere",
    });
  });

  test.each([
    ["an error", new Error("broken"), "Error: broken"],
    ["undefined", undefined, "Error: Something that is no error was thrown: undefined"],
    ["the word that skips a route", "route", "Error: Something that is no error was thrown: route"],
  ])("what identify throws reaches the app's error handler: %s", async (_what, thrown, told) => {
    const app = express();
    app.use(
      mount(
        engine({
          identify: () => {
            throw thrown;
          },
        }),
      ),
    );
    app.use((_request, response) => void response.status(418).end());
    const onError: ErrorRequestHandler = (error, _request, response, _next) =>
      void response.status(599).send(`${error}`);
    app.use(onError);
    const answer = await fetch(`${await serve(app)}/notes/1`);
    expect([answer.status, await answer.text()]).toEqual([599, told]);
  });

  test("headers that the app has set before survive, and caches go by its Vary and ours", async () => {
    const app = express();
    app.use((_request, response, next) => {
      response.vary("Origin").set("Access-Control-Allow-Origin", "https://example.org");
      next();
    });
    app.use(mount(engine({ identify: () => undefined })));
    const answer = await fetch(`${await serve(app)}/notes`);
    expect(answer.headers.get("access-control-allow-origin")).toBe("https://example.org");
    expect(answer.headers.get("vary")).toBe("Origin, authorization");
  });

  test("a middleware that wraps writeHead and end, as compression does, may change the answer", async () => {
    const app = express();
    app.use((_request, response, next) => {
      const { writeHead, end } = response;
      response.writeHead = (...given: readonly unknown[]) => {
        const headers = Object.entries({ ...response.getHeaders(), ...Object(given.at(-1)) });
        const kept = headers.filter(([name]) => name !== "content-length");
        return Reflect.apply(writeHead, response, [given[0], Object.fromEntries([...kept, ["x-wrapped", "yes"]])]);
      };
      response.end = (content: unknown) => Reflect.apply(end, response, [`${content}`.toUpperCase().concat("!")]);
      next();
    });
    app.use(mount(engine()));
    const answer = await fetch(`${await serve(app)}/notes`);
    expect(answer.headers.get("x-wrapped")).toBe("yes");
    expect(await answer.text()).toBe('{"ITEMS":[],"NEXT":NULL}!');
  });

  test("where a time-out of the app has answered meanwhile, its answer stays and nothing fails", async () => {
    const app = express();
    let failed: unknown;
    const answerFirst: UnclashOptions<Request>["identify"] = ({ native }) => {
      native.res?.status(503).end("too late");
      return undefined;
    };
    app.use(mount(engine({ identify: answerFirst })));
    const onError: ErrorRequestHandler = (error, _request, _response, _next) => {
      failed = error;
    };
    app.use(onError);
    const answer = await fetch(`${await serve(app)}/notes`);
    expect([answer.status, await answer.text(), failed]).toEqual([503, "too late", undefined]);
  });
});
