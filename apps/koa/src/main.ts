import { createServer } from "node:http";
import { graceMs, runShop } from "@unclash/app-shop";
import { createShutdown, guarded, mount, problems } from "@unclash/koa";
import Koa, { type Context } from "koa";

await runShop((unclash, customers) => {
  const app = new Koa();
  app.use(problems());

  // The app's own table, bound by a guard.
  const guarding = customers.guarding((ctx: Context) => ctx.req);
  const answerGuarded = guarded(guarding, async ({ ctx, ...context }) =>
    send(ctx, await customers.answer(ctx.req, context)),
  );
  app.use(async (ctx, next) => {
    if (!customers.owns(ctx.url)) return next();
    const taken = await customers.take(ctx.req);
    if (taken.kind === "answered") return send(ctx, taken.plan);
    Object.assign(ctx.request, { body: taken.content });
    await answerGuarded(ctx);
  });

  app.use(mount(unclash, { fallthrough: false }));
  const server = createServer(app.callback());
  return { server, shutdown: createShutdown(server, unclash, { graceMs }) };
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

function send(ctx: Context, { status, headers, body }: Answer): void {
  ctx.status = status;
  ctx.body = body ?? "";
  ctx.remove("content-type");
  ctx.set(headers);
}
