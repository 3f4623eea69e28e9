import type { Server } from "node:http";
import etag from "@fastify/etag";
import { mount } from "@unclash/fastify";
import createFastify, { type FastifyInstance, type FastifyRequest } from "fastify";
import { createEngine } from "./engine.js";
import { findArticle, replaceArticle } from "./map.js";
import type { Framework } from "./variant.js";

export const fastify: Framework = {
  bare: () => startHandWritten(createFastify()),
  peer: {
    name: "@fastify/etag",
    start: async () => {
      const app = createFastify();
      await app.register(etag);
      return startHandWritten(app);
    },
  },
  unclash: async () => {
    const app = createFastify();
    await app.register(mount(createEngine<FastifyRequest>()));
    return listeningApp(app);
  },
};

interface ById {
  readonly Params: { readonly id: string };
}

function startHandWritten(app: FastifyInstance): Promise<Server> {
  app.get<ById>("/articles/:id", async (request, reply) => findArticle(request.params.id) ?? reply.callNotFound());
  app.put<ById>("/articles/:id", async (request) => replaceArticle(request.params.id, request.body));
  return listeningApp(app);
}

async function listeningApp(app: FastifyInstance): Promise<Server> {
  await app.listen({ port: 0, host: "127.0.0.1" });
  return app.server;
}
