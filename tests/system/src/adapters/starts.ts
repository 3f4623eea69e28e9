import { createServer } from "node:http";
import { listen, type Start } from "@unclash/conformance/adapter";
import { mount as mountOnExpress } from "@unclash/express";
import { clientErrorHandler, frameworkErrors, mount as mountOnFastify } from "@unclash/fastify";
import { mount as mountOnKoa } from "@unclash/koa";
import { mount as mountOnNode } from "@unclash/node";
import express from "express";
import Fastify from "fastify";
import Koa from "koa";
import { isSoak } from "../black-box/soak.js";

const onExpress: Start = (unclash, { prefix, server }) => {
  const app = express();
  app.use(prefix, mountOnExpress(unclash));
  app.get(`${prefix}/app-route`, (_request, response) => void response.type("text").send("app"));
  app.set("env", "test");
  return listen(createServer(server, app));
};

const onKoa: Start = (unclash, { prefix, server }) => {
  const app = new Koa();
  app.on("error", () => {});
  app.use(mountOnKoa(unclash, { prefix }));
  app.use((context) => {
    if (context.path === `${prefix}/app-route`) context.body = "app";
  });
  const handle = app.callback();
  return listen(createServer(server, (request, response) => void handle(request, response)));
};

const onFastify: Start = async (unclash, { prefix, server }) => {
  const app = Fastify({
    serverFactory: (handler) => createServer(server, (request, response) => handler(request, response)),
    frameworkErrors: frameworkErrors(unclash, { prefix }),
    clientErrorHandler,
  });
  app.register(mountOnFastify(unclash), { prefix });
  app.get(`${prefix}/app-route`, async () => "app");
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  return {
    url,
    async close() {
      app.server.closeAllConnections();
      await app.close();
    },
  };
};

const onNode: Start = (unclash, { prefix, server }) => {
  const handle = mountOnNode(unclash, { prefix });
  return listen(
    createServer(server, (request, response) =>
      handle(request, response, (error) => {
        const isAppRoute = request.url?.split("?")[0] === `${prefix}/app-route`;
        response.statusCode = error !== undefined ? 500 : isAppRoute ? 200 : 404;
        response.end("app");
      }),
    ),
  );
};

/** Each adapter, mounted as its users would. */
const starts = { Express: onExpress, Koa: onKoa, Fastify: onFastify, "node:http": onNode };

/**
 * One adapter for a store: neither knows of the other, so that a pair of each is enough. In the long form, all of them.
 */
export function startsFor(adapter: keyof typeof starts): readonly (readonly [name: string, start: Start])[] {
  return isSoak ? Object.entries(starts) : [[adapter, starts[adapter]]];
}
