import Router from "@koa/router";
import {
  checkOptions,
  createHttp2Client,
  type GuardedResource,
  type GuardSuiteOptions,
  guardSuite,
  guardTransportSuite,
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
import Koa, { type Context, type Middleware } from "koa";
import { describe, test } from "vitest";
import { parseBodies } from "./body-parser.test-support.js";
import { createGuards } from "./guards.js";
import { serveApp } from "./serve-app.test-support.js";

function plain(context: Context): PlainRequest {
  const id: unknown = context["params"]?.["id"];
  const body = "body" in context.request ? context.request.body : undefined;
  return { method: context.method, id: typeof id === "string" ? id : undefined, headers: context.headers, body };
}

function answer(context: Context, { status, headers = {}, body = "" }: PlainAnswer): void {
  context.status = status;
  context.set(headers);
  context.body = body instanceof Uint8Array ? Buffer.from(body) : body;
}

async function run(handler: PlainHandler, context: Context, passed: PlainGuard): Promise<void> {
  answer(context, await handler({ ...plain(context), ...passed }));
}

function addResource(router: Router, { form, options, outer, routes, reports }: GuardedResource): void {
  const native = nativeOptions(options, plain);
  const { shared, own } = splitOptions(native);
  const { guard, guarded, check } = createGuards(form === "check" ? checkOptions(shared) : shared);
  const article = guard(own);
  if (form === "guard") reports?.(article.report);
  const inForm = (handler: PlainHandler): Middleware => {
    switch (form) {
      case "guarded":
        return guarded(own, ({ ctx, ...passed }) => run(handler, ctx, { ...passed }));
      case "guard":
        return (context) => run(handler, context, article.of(context));
      case "check":
        return async (context) => run(handler, context, await check(context, await native.load?.(context), own));
      case "none":
        return (context) => run(handler, context, noGuard);
    }
  };
  const before = [
    ...(outer === undefined ? [] : [createGuards({}).guard(nativeOptions(outer, plain))]),
    ...(form === "guard" ? [article] : []),
  ];
  for (const path of new Set(routes.map((route) => route.path))) {
    for (const middleware of before) router.all(path, middleware);
    for (const { method, handler } of routes.filter((each) => each.path === path))
      router.register(path, [method], inForm(handler));
  }
}

function appOf({ resources, onError, problem }: Parameters<StartGuarded>[0]): Koa {
  const app = new Koa();
  app.on("error", () => {});
  const router = new Router();
  for (const resource of resources) addResource(router, resource);
  app.use(createGuards(nativeFormat(problem, plain)).problems());
  app.use(async (context, next) => {
    try {
      await next();
    } catch (error) {
      const answered = onError?.(error);
      if (answered === undefined) throw error;
      answer(context, answered);
    }
  });
  app.use(parseBodies);
  app.use(router.routes());
  return app;
}

const store: GuardSuiteOptions["store"] = ({ clock }) => createMemoryStore({ clock: clock.now });

guardSuite({ test, start: async (app) => serveApp(appOf(app)), store });

describe("over HTTP/2", () => {
  const start: StartGuarded = (app) => listenHttp2(appOf(app).callback());
  guardTransportSuite({ test, start, store, form: "check", client: createHttp2Client });
});
