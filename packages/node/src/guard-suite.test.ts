import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { pipeline, Readable } from "node:stream";
import { json } from "node:stream/consumers";
import {
  checkOptions,
  createHttp2Client,
  type GuardedResource,
  type GuardSuiteOptions,
  guardSuite,
  guardTransportSuite,
  listen,
  listenHttp2,
  nativeFormat,
  nativeOptions,
  noGuard,
  type PlainAnswer,
  type PlainGuard,
  type PlainHandler,
  type PlainRequest,
  type StartGuarded,
  splitOptions,
} from "@unclash/conformance/guard";
import { createMemoryStore } from "@unclash/memory";
import { describe, test } from "vitest";
import { createGuards } from "./guards.js";
import type { Next } from "./mount.js";

/** What a small router of the app's own has found out about a request. */
interface Routed extends IncomingMessage {
  id?: string;
  body?: unknown;
}

function plain(request: Routed): PlainRequest {
  const { method = "GET", headers } = request;
  return { method, id: request.id, headers, body: request.body };
}

function answer(res: ServerResponse, { status, headers = {}, body }: PlainAnswer): void {
  res.statusCode = status;
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  if (body instanceof Readable) pipeline(body, res, () => {});
  else if (body === undefined || typeof body === "string" || body instanceof Uint8Array) res.end(body);
  else {
    if (!res.hasHeader("content-type")) res.setHeader("content-type", "application/json");
    res.end(JSON.stringify(body));
  }
}

async function run(
  handler: PlainHandler,
  req: IncomingMessage,
  res: ServerResponse,
  context: PlainGuard,
): Promise<void> {
  answer(res, await handler({ ...plain(req), ...context }));
}

type Handler = (request: Routed, response: ServerResponse, next: Next) => void;

/** A free handler: what it throws goes on to `next`. */
function free(handle: (req: IncomingMessage, res: ServerResponse) => Promise<void>): Handler {
  return (req, res, next) => void handle(req, res).catch(next);
}

/** The handlers of a resource, each with the requests that it is for. */
function* handlersOf({ form, options, outer, routes, reports }: GuardedResource): Iterable<Handler> {
  const native = nativeOptions<IncomingMessage>(options, plain);
  const { shared, own } = splitOptions(native);
  const { guard, guarded, check } = createGuards(form === "check" ? checkOptions(shared) : shared);
  const article = guard(own);
  if (form === "guard") reports?.(article.report);
  const inForm = (handler: PlainHandler): Handler => {
    switch (form) {
      case "guarded":
        return guarded(own, ({ req, res, ...context }) => run(handler, req, res, context));
      case "guard":
        return free((req, res) => run(handler, req, res, article.of(req)));
      case "check":
        return free(async (req, res) => {
          const found = await check(req, await native.load?.(req), { ...own, response: res });
          return run(handler, req, res, found);
        });
      case "none":
        return free((req, res) => run(handler, req, res, noGuard));
    }
  };
  for (const path of new Set(routes.map((route) => route.path))) {
    if (outer !== undefined) yield at(path, createGuards({}).guard(nativeOptions<IncomingMessage>(outer, plain)));
    if (form === "guard") yield at(path, article);
  }
  for (const { method, path, handler } of routes) yield at(path, inForm(handler), method);
}

/** Runs a handler for one path, and goes on with all others. */
function at(path: string, handler: Handler, method?: string): Handler {
  const pattern = new RegExp(`^${path.replace(":id", "(?<id>[^/]+)")}$`);
  return (request, response, next) => {
    const found = pattern.exec(request.url?.split("?", 1)[0] ?? "");
    const asked = request.method === "HEAD" ? "GET" : request.method;
    if (found === null || (method !== undefined && method !== asked)) return next();
    const id = found.groups?.["id"];
    if (id !== undefined) request.id = decodeURIComponent(id);
    handler(request, response, next);
  };
}

const parseJson: Handler = (request, _response, next) => {
  if (!/^application\/(.*\+)?json/.test(request.headers["content-type"] ?? "")) return next();
  json(request).then(
    (body) => {
      request.body = body;
      next();
    },
    (error: unknown) => next(Object.assign(Object(error), { status: 400 })),
  );
};

/** What connect does: one handler after another; an error goes to the handlers for errors. */
function listenerOf({ resources, onError, problem }: Parameters<StartGuarded>[0]): RequestListener {
  const handlers = [parseJson, ...resources.flatMap((resource) => [...handlersOf(resource)])];
  const answerProblem = createGuards(nativeFormat(problem, plain)).problems({ onError: () => {} });
  return (request, response) => {
    const step =
      (index: number): Next =>
      (error) => {
        const handler = handlers[index];
        if (error !== undefined) {
          const answered = response.headersSent ? undefined : onError?.(error);
          if (answered === undefined) answerProblem(error, request, response);
          else answer(response, answered);
        } else if (handler === undefined) response.writeHead(404).end();
        else handler(request, response, step(index + 1));
      };
    step(0)();
  };
}

const store: GuardSuiteOptions["store"] = ({ clock }) => createMemoryStore({ clock: clock.now });

guardSuite({ test, start: (app) => listen(createServer(listenerOf(app))), store, routeNames: false });

describe("over HTTP/2", () => {
  const start: StartGuarded = (app) => listenHttp2(listenerOf(app));
  guardTransportSuite({ test, start, store, form: "guarded", client: createHttp2Client });
});
