import { createServer } from "node:http";
import { listen, type Served } from "@unclash/conformance/adapter";
import * as onExpress from "@unclash/express";
import * as onFastify from "@unclash/fastify";
import * as onKoa from "@unclash/koa";
import { createMemoryStore } from "@unclash/memory";
import express from "express";
import Fastify from "fastify";
import Koa from "koa";
import { createUnclash, refuseCredentials, type Unclash } from "unclash";
import { z } from "zod";
import { mount } from "./mount.js";

/** Where an engine is mounted, and what of the paths that it does not own. */
export interface Mounting {
  readonly prefix: string;
  readonly fallthrough: boolean;
}

/** The same engine under each framework, on a free port of the loopback. */
export const servers: Readonly<Record<string, (mounting: Mounting) => Promise<Served>>> = {
  "node:http": ({ prefix, fallthrough }) => listen(createServer(mount(engine(), { prefix, fallthrough }))),
  express: ({ prefix, fallthrough }) => {
    const app = express();
    app.use(prefix === "" ? "/" : prefix, onExpress.mount(engine(), { fallthrough }));
    return listen(createServer(app));
  },
  koa: ({ prefix, fallthrough }) => {
    const app = new Koa();
    app.use(onKoa.mount(engine(), { prefix, fallthrough }));
    const handle = app.callback();
    return listen(createServer((request, response) => void handle(request, response)));
  },
  fastify: async ({ prefix, fallthrough }) => {
    const unclash = engine();
    const { clientErrorHandler } = onFastify;
    const app = Fastify({ frameworkErrors: onFastify.frameworkErrors(unclash, { prefix }), clientErrorHandler });
    app.register(onFastify.mount(unclash, { fallthrough }), { prefix });
    const url = await app.listen({ host: "127.0.0.1", port: 0 });
    return { url, close: () => app.close() };
  },
};

const articles = {
  schema: z.looseObject({ title: z.string(), slug: z.string().optional() }),
  conflicts: { allowedStrategies: "all", discloseCurrent: true },
} as const;

function engine(): Unclash {
  return createUnclash({
    // Time stands still, so that all servers say the same of it.
    store: createMemoryStore({ clock: () => Date.UTC(2026, 0, 2, 3, 4, 5, 678) }),
    collections: {
      articles: { ...articles, unique: ["slug"] },
      notes: { ...articles, preconditions: { required: false } },
    },
    identify: ({ headers: { authorization } }) => {
      if (authorization === "Bearer wrong") refuseCredentials();
      return authorization === "Bearer alice" ? { name: "alice" } : undefined;
    },
    authorize: (_action, key) => (key.endsWith("/secret") ? "deny" : key.endsWith("/hidden") ? "hide" : "allow"),
    requestLimits: { bodyBytesMax: 200, pageSizeMax: 2 },
  });
}
