import { createServer } from "node:http";
import { graceMs, runShop } from "@unclash/app-shop";
import { createShutdown, guarded, mount, problems } from "@unclash/express";
import express, { type Request } from "express";

await runShop((unclash, customers) => {
  const app = express();
  app.disable("x-powered-by");

  // The app's own table, bound by a guard.
  app.use("/customers", async (req, res, next) => {
    const taken = await customers.take(req, req.originalUrl);
    if (taken.kind === "answered") {
      res.writeHead(taken.plan.status, taken.plan.headers).end(taken.plan.body);
      return;
    }
    req.body = taken.content;
    next();
  });
  const guarding = customers.guarding((req: Request) => req);
  app.use(
    "/customers",
    guarded(guarding, async ({ req, res, ...context }) => {
      const { status, headers, body } = await customers.answer(req, context);
      res.writeHead(status, headers).end(body);
    }),
  );

  app.use(mount(unclash, { fallthrough: false }));
  app.use(problems());
  const server = createServer(app);
  return { server, shutdown: createShutdown(server, unclash, { graceMs }) };
});
