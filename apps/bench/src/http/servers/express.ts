import type { Server } from "node:http";
import { mount } from "@unclash/express";
import createExpress, { type Express, type Request } from "express";
import { createEngine } from "./engine.js";
import { listening } from "./listening.js";
import { findArticle, replaceArticle } from "./map.js";
import type { Framework } from "./variant.js";

/** Express has entity-tags of its own, weak ones made from the content, on unless they are turned off. */
export const express: Framework = {
  bare: () => startHandWritten((app) => void app.set("etag", false)),
  peer: { name: "Express's own etag", start: () => startHandWritten(() => undefined) },
  unclash: () => listening(createExpress().use(mount(createEngine<Request>()))),
};

function startHandWritten(configure: (app: Express) => void): Promise<Server> {
  const app = createExpress();
  configure(app);
  app.use(createExpress.json({ limit: "1mb" }));
  app.get("/articles/:id", (request, response) => {
    const article = findArticle(request.params.id);
    if (article === undefined) response.sendStatus(404);
    else response.json(article);
  });
  app.put("/articles/:id", (request, response) => {
    response.json(replaceArticle(request.params.id, request.body));
  });
  return listening(app);
}
