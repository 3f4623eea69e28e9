import { guarded, problems } from "@unclash/express";
import express, { type Request } from "express";
import createKnex from "knex";
import { type Article, databaseUrl, fieldsOf, serve } from "./articles.js";

const knex = createKnex({ client: "pg", connection: await databaseUrl() });

async function load({ params }: Request<{ id: string }>) {
  const article = await knex<Article>("articles").where({ id: params.id }).first();
  return article;
}

const app = express();
app.use(express.json());

app.get(
  "/articles/:id",
  guarded({ load }, ({ res, current }) => void res.json(current)),
);

app.put(
  "/articles/:id",
  guarded({ load }, async ({ req, res, current, expected, outcome }) => {
    const article = { ...current, ...fieldsOf(req.body), version: expected + 1 };
    // How many rows were changed: 1, or 0. Knex throws for neither.
    const count = await knex<Article>("articles").where({ id: current.id, version: expected }).update(article);
    await outcome.expectAffected(count);
    outcome.updated(article.version);
    res.json(article);
  }),
);

app.use(problems());
serve(app);
