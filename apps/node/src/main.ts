import { createServer, type IncomingMessage } from "node:http";
import { graceMs, runShop } from "@unclash/app-shop";
import { createShutdown, guarded, mount } from "@unclash/node";

await runShop((unclash, customers) => {
  const mounted = mount(unclash, { fallthrough: false });

  // The app's own table, bound by a guard.
  const guarding = customers.guarding((req: IncomingMessage) => req);
  const answerGuarded = guarded(guarding, async ({ req, res, ...context }) => {
    const { status, headers, body } = await customers.answer(req, context);
    res.writeHead(status, headers).end(body);
  });

  const server = createServer(async (req, res) => {
    if (!customers.owns(req.url ?? "/")) return mounted(req, res);
    const taken = await customers.take(req);
    if (taken.kind === "answered") {
      res.writeHead(taken.plan.status, taken.plan.headers).end(taken.plan.body);
      return;
    }
    answerGuarded(Object.assign(req, { body: taken.content }), res);
  });
  return { server, shutdown: createShutdown(server, unclash, { graceMs }) };
});
