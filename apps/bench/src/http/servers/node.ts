import type { IncomingMessage, ServerResponse } from "node:http";
import { mount } from "@unclash/node";
import { createEngine } from "./engine.js";
import { listening } from "./listening.js";
import { findArticle, replaceArticle, type StoredArticle } from "./map.js";
import type { Framework } from "./variant.js";

export const node: Framework = {
  bare: () => listening(answer),
  unclash: () => listening(mount(createEngine<IncomingMessage>())),
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

function send(response: ServerResponse, article: StoredArticle | undefined): void {
  if (article === undefined) {
    response.statusCode = 404;
    response.end();
    return;
  }
  response.setHeader("content-type", "application/json; charset=utf-8");
  response.end(JSON.stringify(article));
}
