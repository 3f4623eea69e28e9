import { Articles, ask } from "@unclash/test-articles";
import type { Express, Request } from "express";
import { describe, expect, test, vi } from "vitest";
import { check, guard, guarded } from "./guard.js";
import { problems } from "./problems.js";
import { serve } from "./serve.test-support.js";
import { versions } from "./versions.test-support.js";

describe.each(versions)("%s", (version, express) => {
  const articles = new Articles();
  const load = ({ params }: Request) => articles.load(params["id"]);
  const routes: (string | undefined)[] = [];
  const observe = ({ route }: { readonly route: string | undefined }): void => void routes.push(route);

  /** The names of the routes of GETs, as observers get them. */
  async function namesOf(app: Express, paths: readonly string[]): Promise<readonly (string | undefined)[]> {
    routes.length = 0;
    const url = await serve(app.use(problems()));
    for (const [at, path] of paths.entries()) {
      await ask("GET", url + path);
      await vi.waitUntil(() => routes.length > at);
    }
    return [...routes];
  }

  const ended = guarded({ load, observe }, ({ res }) => void res.end());

  test("a route is named by its pattern, and those of the routers that it is in", async () => {
    const inner = express.Router({ mergeParams: true }).get("/:id", ended);
    const outer = express.Router().use("/articles", inner);
    const app = express().get("/articles/:id", ended).use("/tenants/:tenant", outer);
    const [plain, nested] = await namesOf(app, ["/articles/1", "/tenants/a%20b/articles/1?x=1"]);
    expect(plain).toBe("/articles/:id");
    // Express 4 does not keep the pattern of a mount: its parameters are numbered.
    expect(nested).toBe(version === "Express 4" ? "/tenants/:p1/articles/:id" : "/tenants/:tenant/articles/:id");
  });

  test("a router in several places has a name for each, and so has a route with several paths", async () => {
    const router = express.Router().get("/:id", ended);
    const app = express().use("/articles", router).use("/old/articles", router).get(["/a/:id", "/b/:id/c"], ended);
    expect(await namesOf(app, ["/old/articles/1", "/articles/1", "/b/1/c", "/a/1"])).toEqual([
      "/old/articles/:id",
      "/articles/:id",
      "/b/:id/c",
      "/a/:id",
    ]);
  });

  test("an app in an app is named with what it is mounted at", async () => {
    const inner = express().get("/articles/:id", ended);
    expect(await namesOf(express().use("/api", inner), ["/api/articles/1"])).toEqual(["/api/articles/:id"]);
  });

  test("a guard that stands in two apps is named as it is in each", async () => {
    const known = guard({ observe, identify: () => undefined });
    expect(await namesOf(express().use("/articles", known), ["/articles"])).toEqual(["/articles"]);
    expect(await namesOf(express().use("/old", known), ["/old"])).toEqual(["/old"]);
  });

  test("a guard before routes names the route that it leads to; where it refuses, its own place", async () => {
    const app = express();
    const router = express.Router().get("/:id", (_request, response) => void response.end());
    const known = guard({ observe, identify: () => undefined });
    app.use("/articles", known, router);
    app.use("/guarded/:id", guard({ load, observe }));
    expect(await namesOf(app, ["/articles/1", "/guarded/9"])).toEqual([
      "/articles/:id",
      version === "Express 4" ? "/guarded/:p1" : "/guarded/:id",
    ]);
  });

  test("a check names the route of its handler", async () => {
    const app = express().get("/articles/:id", (request, response, next) => {
      check(request, load(request), { observe }).then(() => response.end(), next);
    });
    expect(await namesOf(app, ["/articles/1", "/articles/9"])).toEqual(["/articles/:id", "/articles/:id"]);
  });
});
