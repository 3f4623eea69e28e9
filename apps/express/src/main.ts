import { createServer } from "node:http";
import { runShop } from "@unclash/app-shop";
import { mount } from "@unclash/express";
import express from "express";

await runShop((unclash) => {
  const app = express();
  app.disable("x-powered-by");
  app.use(mount(unclash, { fallthrough: false }));
  return createServer(app);
});
