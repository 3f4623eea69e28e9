import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { guarded, mount } from "@unclash/node";
import { createEngine } from "./engine.js";
import { listening } from "./listening.js";
import { findArticle, replaceArticle, type StoredArticle } from "./map.js";
import type { Framework } from "./variant.js";
import { type LoadedArticle, loadVersioned, replaceVersion } from "./versioned-map.js";

export const node: Framework = {
  bare: () => listening(answer),
  unclash: () => listening(mount(createEngine<IncomingMessage>())),
  guarded: startGuarded,
};

const prefix = "/articles/";

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { method, url = "" } = request;
  const id = url.slice(prefix.length);
  if (method === "PUT" && url.startsWith(prefix)) {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => send(response, replaceArticle(id, JSON.parse(Buffer.concat(chunks).toString()))));
  } else {
    send(response, method === "GET" && url.startsWith(prefix) ? findArticle(id) : undefined);
  }
}

/** Reads the body before the guard, as a parser does. */
function startGuarded(): Promise<Server> {
  const load = ({ url = "" }: IncomingMessage): LoadedArticle | undefined => loadVersioned(url.slice(prefix.length));
  const handler = guarded({ load, creates: true }, async ({ req, res, current, expected, outcome }) => {
    if (req.method !== "PUT") return send(res, current);
    const article = await outcome.expectRow(
      replaceVersion((req.url ?? "").slice(prefix.length), expected, bodyOf(req)),
    );
    outcome.updated(article.version);
    return send(res, article);
  });
  return listening((request, response) => {
    if (request.method !== "PUT") return handler(request, response);
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      handler(Object.assign(request, { body: JSON.parse(Buffer.concat(chunks).toString()) }), response);
    });
  });
}

function bodyOf(request: object): unknown {
  return "body" in request ? request.body : undefined;
}

function send(response: ServerResponse, article: StoredArticle | undefined): void {
  if (article === undefined) {
    response.statusCode = 404;
    response.end();
    return;
  }
  response.setHeader("content-type", "application/json; charset=utf-8");
  response.end(JSON.stringify(article));
}
