// Guards as apps export them from modules of their own. `check-packed.mjs` compiles it with declarations, which need a
// name for each type.
import { createGuards as onExpress } from "@unclash/express";
import { createGuards as onFastify } from "@unclash/fastify";
import { createGuards as onKoa } from "@unclash/koa";
import { createGuards as onNode } from "@unclash/node";
import express, { type Request } from "express";
import Fastify, { type FastifyTypeProvider } from "fastify";
import { GuardError, isGuardError, type LoadedState, refuseCredentials, type SharedGuardOptions } from "unclash";

interface Article {
  readonly id: string;
  readonly title: string;
  readonly version: number;
}

declare function find(id: string | undefined): Promise<Article | undefined>;
declare function update(id: string, version: number, title: string): Promise<Article[]>;

const tokens = new Map([["Bearer a", { name: "alice" }]]);

const shared = {
  identify: ({ headers }) => tokens.get(headers.authorization ?? "") ?? refuseCredentials(),
  conflictStatus: 412,
  preconditions: { datesSuffice: true },
  problem: ({ status, title, detail }) => ({ status, error: detail ?? title }),
} satisfies SharedGuardOptions<unknown>;

export const expressGuards = onExpress(shared);
export const article = expressGuards.guard({ load: ({ params }) => find(String(params["id"])) });
export const putArticle = expressGuards.guarded(
  { load: ({ params }: Request<{ id: string }>) => find(params.id), creates: true },
  async ({ req, res, expected, actor, outcome }) => {
    if (expected === undefined) return outcome.refuse("forbidden", `${actor?.name} may not create it.`);
    const row = await outcome.expectRow(await update(req.params.id, expected, req.body.title));
    outcome.updated(row);
    return res.json(row);
  },
);
export const articles = express
  .Router()
  .use("/:id", article)
  .patch("/:id", async (req, res) => {
    const { current, expected, outcome } = article.of(req);
    const { title } = await outcome.expectRow(await update(current.id, expected, req.body.title));
    res.json(title);
  });

interface Provider extends FastifyTypeProvider {
  readonly validator: this["schema"] extends { readonly of: infer Content } ? Content : unknown;
  readonly serializer: this["validator"];
}
declare const schema: { params: { of: { id: string } }; body: { of: { title: string } }; response: { 200: object } };

export const { guarded, guard: guardContext, check: checkOnFastify } = onFastify(shared);
export const context = guardContext({ load: ({ params }) => find(params["id"]) });
export const getArticle = guarded({ load: ({ params }) => find(params["id"]) }, async ({ current }) => current.title);
export const app = Fastify().withTypeProvider<Provider>();
app.put(
  "/:id",
  { schema },
  guarded({ load: ({ params }) => find(params.id) }, async ({ request, current, expected, outcome }) => {
    const row = await outcome.expectRow(await update(current.id, expected, request.body.title));
    outcome.updated(row);
    return row;
  }),
);
app.get("/:id", { schema, ...context.route }, async (request) => context.of(request).current);

export const koaGuards = onKoa(shared);
export const onKoaRoute = koaGuards.guarded({ load: ({ path }) => find(path) }, async ({ ctx, current }) => {
  ctx.body = current;
});

export const nodeGuards = onNode(shared);
export const onNodeRoute = nodeGuards.guarded({ load: ({ url }) => find(url) }, ({ res, current, etag }) => {
  res.setHeader("x-tag", etag ?? "");
  res.end(current.title);
});

export async function load(): Promise<LoadedState | undefined> {
  const row = await find("1");
  return row && { version: row.version, value: row };
}

export const statusOf = (error: unknown): number | undefined =>
  isGuardError(error) || error instanceof GuardError ? error.answer.status : undefined;
