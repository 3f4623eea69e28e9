import { runShop } from "@unclash/app-shop";
import { frameworkErrors, mount } from "@unclash/fastify";
import Fastify from "fastify";

await runShop(async (unclash) => {
  const app = Fastify({ frameworkErrors: frameworkErrors(unclash) });
  app.register(mount(unclash, { fallthrough: false }));
  await app.ready();
  return app.server;
});
