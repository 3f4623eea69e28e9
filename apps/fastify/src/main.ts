import { runShop } from "@unclash/app-shop";
import { clientErrorHandler, frameworkErrors, mount } from "@unclash/fastify";
import Fastify from "fastify";

await runShop(async (unclash) => {
  const app = Fastify({
    clientErrorHandler,
    frameworkErrors: frameworkErrors(unclash, { fallthrough: false }),
  });
  app.register(mount(unclash, { fallthrough: false }));
  await app.ready();
  return app.server;
});
