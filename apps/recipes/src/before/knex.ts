import express from "express";
import createKnex from "knex";
import { type Article, databaseUrl, fieldsOf, serve } from "../articles.js";

const knex = createKnex({ client: "pg", connection: await databaseUrl() });
const app = express();
app.use(express.json());

app.get("/articles/:id", async (req, res) => {
  const article = await knex<Article>("articles").where({ id: req.params.id }).first();
  if (article === undefined) res.status(404).end();
  else res.json(article);
});

app.put("/articles/:id", async (req, res) => {
  const { id } = req.params;
  const current = await knex<Article>("articles").where({ id }).first();
  if (current === undefined) return void res.status(404).end();
  const article = { ...current, ...fieldsOf(req.body), version: current.version + 1 };
  await knex<Article>("articles").where({ id }).update(article);
  res.json(article);
});

serve(app);
