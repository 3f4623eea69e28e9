import Fastify from "fastify";
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { type Article, databaseUrl, fieldsOf, port } from "../articles.js";

const pool = new pg.Pool({ connectionString: await databaseUrl() });
const database = new Kysely<{ articles: Article }>({ dialect: new PostgresDialect({ pool }) });
const app = Fastify();

app.get<{ Params: { id: string } }>("/articles/:id", async ({ params: { id } }, reply) => {
  const article = await database.selectFrom("articles").selectAll().where("id", "=", id).executeTakeFirst();
  return article ?? reply.status(404).send();
});

app.put<{ Params: { id: string } }>("/articles/:id", async ({ params: { id }, body }, reply) => {
  const article = await database
    .updateTable("articles")
    .set((now) => ({ ...fieldsOf(body), version: now("version", "+", 1) }))
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirst();
  return article ?? reply.status(404).send();
});

console.log(`listening on ${await app.listen({ port })}`);
