import { createMemoryStore } from "@unclash/memory";
import Fastify, { type FastifyPluginAsync } from "fastify";
import { createUnclash } from "unclash";
import { expect, test } from "vitest";
import { z } from "zod";
import { guard } from "./guard.js";
import { mount } from "./mount.js";
import { problems } from "./problems.js";
import { watchRoutes } from "./unguarded.js";

const schema = z.looseObject({});

const plugins: readonly (readonly [name: string, make: () => FastifyPluginAsync])[] = [
  ["unclash-mount", () => mount(createUnclash({ store: createMemoryStore(), collections: { notes: { schema } } }))],
  ["unclash-guard", () => guard({ load: () => undefined })],
  ["unclash-problems", () => problems()],
  ["unclash-watch-routes", () => watchRoutes],
];

test.each(plugins)("an app knows the plugin %s by its name", async (name, make) => {
  const seen: boolean[] = [];
  const app = Fastify();
  app.register(async (context) => {
    context.register(make());
    context.after(() => void seen.push(context.hasPlugin(name)));
  });
  await app.ready();
  expect(app.printPlugins()).toContain(name);
  if (name !== "unclash-mount") expect(seen).toEqual([true]);
});

test.each(plugins)("%s tells Fastify which of its releases it is for", (name, make) => {
  expect(Reflect.get(make(), Symbol.for("plugin-meta"))).toMatchObject({ name, fastify: "5.x" });
});
