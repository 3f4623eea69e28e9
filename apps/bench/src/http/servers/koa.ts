import type { Server } from "node:http";
import { bodyParser } from "@koa/bodyparser";
import etag from "@koa/etag";
import { guarded, mount } from "@unclash/koa";
import Koa, { type Context } from "koa";
import conditionalGet from "koa-conditional-get";
import { createEngine } from "./engine.js";
import { listening } from "./listening.js";
import { findArticle, replaceArticle } from "./map.js";
import type { Framework } from "./variant.js";
import { type LoadedArticle, loadVersioned, replaceVersion } from "./versioned-map.js";

/** Koa has no router of its own. None is used, so that its cost makes nothing beside it look cheaper. */
export const koa: Framework = {
  bare: () => startHandWritten(() => undefined),
  peer: {
    name: "@koa/etag, koa-conditional-get",
    start: () => startHandWritten((app) => void app.use(conditionalGet()).use(etag())),
  },
  unclash: () => listening(new Koa().use(mount(createEngine<Context>())).callback()),
  guarded: startGuarded,
};

const prefix = "/articles/";

function startGuarded(): Promise<Server> {
  const load = ({ path }: Context): LoadedArticle | undefined => loadVersioned(path.slice(prefix.length));
  const app = new Koa().use(bodyParser({ jsonLimit: "1mb" }));
  app.use(
    guarded({ load, creates: true }, async ({ ctx, current, expected, outcome }) => {
      if (ctx.method !== "PUT") {
        ctx.body = current;
        return;
      }
      const article = await outcome.expectRow(
        replaceVersion(ctx.path.slice(prefix.length), expected, ctx.request.body),
      );
      outcome.updated(article.version);
      ctx.body = article;
    }),
  );
  return listening(app.callback());
}

function startHandWritten(configure: (app: Koa) => void): Promise<Server> {
  const app = new Koa();
  configure(app);
  app.use(bodyParser({ jsonLimit: "1mb" }));
  app.use((context) => {
    if (!context.path.startsWith(prefix)) return;
    const id = context.path.slice(prefix.length);
    const article =
      context.method === "GET"
        ? findArticle(id)
        : context.method === "PUT"
          ? replaceArticle(id, context.request.body)
          : undefined;
    if (article !== undefined) context.body = article;
  });
  return listening(app.callback());
}
