import { createServer } from "node:http";
import { Readable } from "node:stream";
import {
  checkOptions,
  type GuardedResource,
  guardSuite,
  listen,
  nativeFormat,
  nativeOptions,
  noGuard,
  type PlainAnswer,
  type PlainGuard,
  type PlainHandler,
  type PlainRequest,
  type StartGuarded,
} from "@unclash/conformance/guard";
import { createMemoryStore } from "@unclash/memory";
import type { ErrorRequestHandler, Express, Request, RequestHandler, Response } from "express";
import { describe, test } from "vitest";
import { check, guard, guarded } from "./guard.js";
import { problems } from "./problems.js";
import { versions } from "./versions.test-support.js";

function plain({ method, params, headers, body }: Request): PlainRequest {
  const { id } = params;
  return { method, id: typeof id === "string" ? id : undefined, headers, body };
}

function answer(res: Response, { status, headers = {}, body }: PlainAnswer): void {
  res.status(status).set(headers);
  if (body instanceof Readable) body.on("error", (error) => res.destroy(error)).pipe(res);
  else if (body === undefined) res.end();
  else if (typeof body === "string") res.send(body);
  // Express 4 knows bytes as a Buffer only.
  else if (body instanceof Uint8Array) res.send(Buffer.from(body));
  else res.json(body);
}

async function run(handler: PlainHandler, req: Request, res: Response, context: PlainGuard): Promise<void> {
  answer(res, await handler({ ...plain(req), ...context }));
}

/** A handler of the framework's own: in Express 4, what it throws goes nowhere by itself. */
function free(handle: (req: Request, res: Response) => Promise<void>): RequestHandler {
  return (req, res, next) => void handle(req, res).catch(next);
}

function addResource(app: Express, { form, options, outer, routes, reports }: GuardedResource): void {
  const native = nativeOptions(options, plain);
  const article = guard(native);
  if (form === "guard") reports?.(article.report);
  const inForm = (handler: PlainHandler): RequestHandler => {
    switch (form) {
      case "guarded":
        return guarded(native, ({ req, res, ...context }) => run(handler, req, res, context));
      case "guard":
        return free((req, res) => run(handler, req, res, article.of(req)));
      case "check":
        return free(async (req, res) =>
          run(handler, req, res, await check(req, await native.load?.(req), checkOptions(native))),
        );
      case "none":
        return free((req, res) => run(handler, req, res, noGuard));
    }
  };
  const before = outer === undefined ? undefined : guard(nativeOptions(outer, plain));
  for (const path of new Set(routes.map((route) => route.path))) {
    const route = app.route(path);
    if (before !== undefined) route.all(before);
    if (form === "guard") route.all(article);
    for (const { method, handler } of routes.filter((each) => each.path === path)) {
      const add = { GET: "get", POST: "post", PUT: "put", PATCH: "patch", DELETE: "delete" } as const;
      route[add[method]](inForm(handler));
    }
  }
}

function startOn(express: (typeof versions)[number][1]): StartGuarded {
  return ({ resources, onError, problem }) => {
    const app = express();
    app.set("env", "test");
    app.use(express.json({ type: ["application/json", "application/*+json"], strict: false }));
    for (const resource of resources) addResource(app, resource);
    const own: ErrorRequestHandler = (error, _req, res, next) => {
      const answered = onError?.(error);
      if (answered === undefined) next(error);
      else answer(res, answered);
    };
    app.use(own, problems(nativeFormat(problem, plain)));
    return listen(createServer(app));
  };
}

type Declare = (name: string, run: () => Promise<void>) => void;

/** Of what is declared in several forms of guards, one is run: the forms in turn. */
function inOneForm(declareAll: (test: Declare) => void): void {
  const declared = new Map<string, [name: string, run: () => Promise<void>][]>();
  declareAll((name, run) => {
    const inAnyForm = name.replace(/^(guarded|guard|check): /, "");
    declared.set(inAnyForm, [...(declared.get(inAnyForm) ?? []), [name, run]]);
  });
  for (const [index, forms] of [...declared.values()].entries()) {
    const [name, run] = forms[index % forms.length] ?? [];
    if (name !== undefined && run !== undefined) test(name, run);
  }
}

describe.each(versions)("%s", (version, express) => {
  const declareAll = (test: Declare): void =>
    guardSuite({ test, start: startOn(express), store: ({ clock }) => createMemoryStore({ clock: clock.now }) });
  // Express 5 runs all; each case is run on both, and each form too.
  if (version === "Express 4" && process.env["SOAK"] === undefined) inOneForm(declareAll);
  else declareAll(test);
});
