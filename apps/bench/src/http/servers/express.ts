import type { Server } from "node:http";
import { guarded, mount } from "@unclash/express";
import createExpress, { type Express, type Request } from "express";
import preconditions from "express-preconditions";
import { createEngine } from "./engine.js";
import { listening } from "./listening.js";
import { findArticle, replaceArticle } from "./map.js";
import type { Framework } from "./variant.js";
import {
  findVersioned,
  type LoadedArticle,
  loadVersioned,
  replaceVersion,
  replaceVersioned,
  type VersionedArticle,
} from "./versioned-map.js";

/** Express has entity-tags of its own, weak ones made from the content, on unless they are turned off. */
export const express: Framework = {
  bare: () => startHandWritten((app) => void app.set("etag", false)),
  peer: { name: "Express's own etag", start: () => startHandWritten(() => undefined) },
  unclash: () => listening(createExpress().use(mount(createEngine<Request>()))),
  guarded: startGuarded,
  guardPeer: { name: "express-preconditions", start: startWithPreconditions },
};

function startGuarded(): Promise<Server> {
  const app = createExpress().set("etag", false);
  const load = ({ params }: Request): LoadedArticle | undefined => loadVersioned(String(params["id"]));
  app.use(createExpress.json({ limit: "1mb" }));
  app.get(
    "/articles/:id",
    guarded({ load }, ({ res, current }) => res.json(current)),
  );
  app.put(
    "/articles/:id",
    guarded({ load, creates: true }, async ({ req, res, expected, outcome }) => {
      const article = await outcome.expectRow(replaceVersion(String(req.params["id"]), expected, req.body));
      outcome.updated(article.version);
      res.json(article);
    }),
  );
  return listening(app);
}

/** It decides, and leaves all else to the app: the entity-tag, the 404, and what two writers at once may do. */
function startWithPreconditions(): Promise<Server> {
  const app = createExpress().set("etag", false);
  const stateAsync = async (request: Request): Promise<{ readonly etag?: string }> => {
    const article = findVersioned(String(request.params["id"]));
    return article === undefined ? {} : { etag: etagOf(article) };
  };
  app.use(createExpress.json({ limit: "1mb" }));
  app.use("/articles/:id", preconditions({ stateAsync }));
  app.get("/articles/:id", (request, response) => {
    const article = findVersioned(request.params.id);
    if (article === undefined) response.sendStatus(404);
    else response.set("ETag", etagOf(article)).json(article);
  });
  app.put("/articles/:id", (request, response) => {
    const article = replaceVersioned(request.params.id, request.body);
    response.set("ETag", etagOf(article)).json(article);
  });
  return listening(app);
}

function etagOf({ version }: VersionedArticle): string {
  return `"${version}"`;
}

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
