import { guarded, problems } from "@unclash/fastify";
import Fastify, { type FastifyRequest } from "fastify";
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { type Article, databaseUrl, fieldsOf, port } from "./articles.js";

const pool = new pg.Pool({ connectionString: await databaseUrl() });
const database = new Kysely<{ articles: Article }>({ dialect: new PostgresDialect({ pool }) });

async function load({ params }: FastifyRequest<{ Params: { id: string } }>) {
  const article = await database.selectFrom("articles").selectAll().where("id", "=", params.id).executeTakeFirst();
  return article;
}

const app = Fastify();
await app.register(problems());

app.get(
  "/articles/:id",
  guarded({ load }, ({ current }) => current),
);

app.put(
  "/articles/:id",
  guarded({ load }, async ({ request, current, expected, outcome }) => {
    const article = { ...current, ...fieldsOf(request.body), version: expected + 1 };
    const { numUpdatedRows } = await database
      .updateTable("articles")
      .set(article)
      .where("id", "=", current.id)
      .where("version", "=", expected)
      .executeTakeFirstOrThrow(); // Throws for no row at all: there always is one, which says how many were updated.
    await outcome.expectAffected(numUpdatedRows); // 1n, or 0n, which `=== 0` does not recognise.
    outcome.updated(article.version);
    return article;
  }),
);

console.log(`listening on ${await app.listen({ port })}`);
