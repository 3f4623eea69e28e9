import type { Server } from "node:http";
import etag from "@fastify/etag";
import { guarded, mount } from "@unclash/fastify";
import createFastify, { type FastifyInstance, type FastifyRequest } from "fastify";
import { createEngine } from "./engine.js";
import { findArticle, replaceArticle } from "./map.js";
import type { Framework } from "./variant.js";
import { type LoadedArticle, loadVersioned, replaceVersion } from "./versioned-map.js";

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
  guarded: startGuarded,
};

interface ById {
  readonly Params: { readonly id: string };
}

function startGuarded(): Promise<Server> {
  const app = createFastify();
  const load = ({ params }: FastifyRequest<ById>): LoadedArticle | undefined => loadVersioned(params.id);
  app.get(
    "/articles/:id",
    guarded({ load }, ({ current }) => current),
  );
  app.put(
    "/articles/:id",
    guarded({ load, creates: true }, async ({ request, expected, outcome }) => {
      const article = await outcome.expectRow(replaceVersion(request.params.id, expected, request.body));
      outcome.updated(article.version);
      return article;
    }),
  );
  return listeningApp(app);
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
