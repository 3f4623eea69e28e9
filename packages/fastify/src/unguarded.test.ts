import { createMemoryStore } from "@unclash/memory";
import Fastify, { type FastifyInstance } from "fastify";
import { createUnclash } from "unclash";
import { expect, test } from "vitest";
import { z } from "zod";
import { guard } from "./guard.js";
import { guarded } from "./guarded.js";
import { mount } from "./mount.js";
import { unguarded, watchRoutes } from "./unguarded.js";

const done = async () => "done";

async function watched(routes: (app: FastifyInstance) => void): Promise<FastifyInstance> {
  const app = Fastify();
  await app.register(watchRoutes);
  routes(app);
  await app.ready();
  return app;
}

test("routes that change something and that nothing guards are listed, with their whole paths", async () => {
  const app = await watched((app) => {
    app.get("/read", done);
    app.post("/posted", done);
    app.route({ method: ["GET", "PUT", "DELETE"], url: "/two", handler: done });
    app.all("/all", done);
    app.register(async (inside) => void inside.patch("/inside/:id", done), { prefix: "/api" });
  });
  expect(unguarded(app)).toEqual([
    { method: "POST", path: "/posted", within: [] },
    { method: "PUT", path: "/two", within: [] },
    { method: "DELETE", path: "/two", within: [] },
    { method: "*", path: "/all", within: [] },
    { method: "PATCH", path: "/api/inside/:id", within: [] },
  ]);
});

test("guarded handlers, guarded routes and mounts are guarded", async () => {
  const article = guard({ load: () => null });
  const collections = { notes: { schema: z.looseObject({}) } };
  const unclash = createUnclash({ store: createMemoryStore(), collections });
  const app = await watched((app) => {
    app.put("/a", guarded({ load: () => null }, done));
    app.put("/b", article.route, done);
    app.put("/c", { preHandler: [async () => {}, article.route.preHandler] }, done);
    app.register(mount(unclash), { prefix: "/api" });
    app.put("/d", { preHandler: async () => {} }, done);
  });
  expect(unguarded(app)).toEqual([{ method: "PUT", path: "/d", within: [] }]);
});

test("a guard in a context counts for its routes and those inside, before and after it; for none outside", async () => {
  const app = await watched((app) => {
    app.put("/outside", done);
    app.register(async (context) => {
      context.put("/before", done);
      context.register(async (inside) => void inside.put("/inside-before", done));
      context.register(guard({ load: () => null }));
      context.put("/after", done);
      context.register(async (inside) => void inside.put("/inside-after", done));
    });
    app.register(async (sibling) => void sibling.put("/sibling", done));
  });
  expect(unguarded(app).map(({ path }) => path)).toEqual(["/outside", "/sibling"]);
});

test("a hook that another plugin adds to routes counts", async () => {
  const app = await watched((app) => {
    app.addHook("onRoute", (route) => {
      route.preHandler = guard({ load: () => null }).route.preHandler;
    });
    app.put("/a", done);
  });
  expect(unguarded(app)).toEqual([]);
});

test("routes that are excepted by method and path are left out", async () => {
  const app = await watched((app) => void app.post("/login", done).put("/login", done));
  expect(unguarded(app, { except: ["POST /login"] })).toEqual([{ method: "PUT", path: "/login", within: [] }]);
});

test("an app whose routes were not watched, or not from the first, can't be asked", async () => {
  expect(() => unguarded(Fastify())).toThrow(/await app\.register\(watchRoutes\)/);
  const late = Fastify();
  late.register(watchRoutes);
  late.put("/a", done);
  await late.ready();
  expect(() => unguarded(late)).toThrow(/before the first/);
  const early = Fastify();
  early.get("/a", done);
  await early.register(watchRoutes);
  expect(unguarded(early)).toEqual([]);
});

test("a guard without load is listed, with the reason", async () => {
  const app = Fastify();
  await app.register(watchRoutes);
  app.put("/a", guarded({}, done));
  app.register(async (inside) => {
    inside.register(guard({})).put("/b", done);
  });
  await app.ready();
  const reason = "Its guard has no `load`, and no handler has called `check` yet.";
  expect(unguarded(app)).toEqual([
    { method: "PUT", path: "/a", within: [], reason },
    { method: "PUT", path: "/b", within: [], reason },
  ]);
});
