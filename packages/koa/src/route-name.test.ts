import Router from "@koa/router";
import { Articles, ask } from "@unclash/test-articles";
import Koa, { type Context, type Middleware } from "koa";
import { expect, test, vi } from "vitest";
import { guard, guarded } from "./guard.js";
import { type App, serve } from "./serve-app.test-support.js";

const articles = new Articles();
const load = (context: Context) => articles.load(context["params"]?.id);
const routes: (string | undefined)[] = [];
const observe = ({ route }: { readonly route: string | undefined }): void => void routes.push(route);
const answer: Middleware = (context) => {
  context.body = "";
};

async function namesOf(app: App, paths: readonly string[]): Promise<readonly (string | undefined)[]> {
  routes.length = 0;
  const url = await serve(app);
  for (const [at, path] of paths.entries()) {
    await ask("GET", url + path);
    await vi.waitUntil(() => routes.length > at);
  }
  return [...routes];
}

/** What `koa-mount` does with a path, and with the context. */
function mountedAt(prefix: string): Middleware {
  return async (context, next) => {
    const { path } = context;
    context["mountPath"] = prefix;
    context.path = path.slice(prefix.length);
    await next();
    context.path = path;
  };
}

test("a route is named by its pattern, prefixes and mounts included", async () => {
  const inner = new Router({ prefix: "/articles" }).get(
    "/:id",
    guarded({ load, observe }, ({ ctx }) => answer(ctx, async () => {})),
  );
  const outer = new Router().use("/tenants/:tenant", inner.routes());
  const app = new Koa().use(mountedAt("/api")).use(outer.routes());
  expect(await namesOf(app, ["/api/tenants/a%20b/articles/1?x=1"])).toEqual(["/api/tenants/:tenant/articles/:id"]);
});

test("a guard of a router names the route that it leads to", async () => {
  const router = new Router().use("/articles/:id", guard({ load, observe })).get("/articles/:id", answer);
  expect(await namesOf(new Koa().use(router.routes()), ["/articles/1", "/articles/9"])).toEqual([
    "/articles/:id",
    "/articles/:id",
  ]);
});

test("without a router there is no name", async () => {
  const app = new Koa().use(guard({ observe, identify: () => undefined })).use(answer);
  expect(await namesOf(app, ["/articles/1"])).toEqual([undefined]);
});
