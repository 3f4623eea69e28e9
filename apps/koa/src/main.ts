import { createServer } from "node:http";
import { runShop } from "@unclash/app-shop";
import { mount } from "@unclash/koa";
import Koa from "koa";

await runShop((unclash) => {
  const app = new Koa();
  app.use(mount(unclash, { fallthrough: false }));
  return createServer(app.callback());
});
