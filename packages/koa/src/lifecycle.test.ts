import { createServer } from "node:http";
import { lifecycleSuite, listen } from "@unclash/conformance/adapter";
import { createMemoryStore } from "@unclash/memory";
import Koa from "koa";
import { createShutdown } from "unclash/adapter";
import { test } from "vitest";
import { mount } from "./mount.js";

lifecycleSuite({
  test,
  store: () => createMemoryStore(),
  async start(unclash) {
    const app = new Koa();
    app.silent = true;
    app.use(mount(unclash));
    const server = createServer(app.callback());
    const shutdown = createShutdown(server, unclash);
    const { url } = await listen(server);
    return { url, shutdown, cut: () => server.close().closeAllConnections() };
  },
});
