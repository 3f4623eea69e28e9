import { eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { integer, pgTable, text } from "drizzle-orm/pg-core";
import express from "express";
import { databaseUrl, fieldsOf, serve } from "../articles.js";

const database = drizzle(await databaseUrl());
const articles = pgTable("articles", {
  id: text().primaryKey(),
  title: text().notNull(),
  body: text().notNull(),
  version: integer().notNull().default(1),
});

const app = express();
app.use(express.json());

app.get("/articles/:id", async (req, res) => {
  const [article] = await database.select().from(articles).where(eq(articles.id, req.params.id));
  if (article === undefined) res.status(404).end();
  else res.json(article);
});

app.put("/articles/:id", async (req, res) => {
  const [article] = await database
    .update(articles)
    .set({ ...fieldsOf(req.body), version: sql`${articles.version} + 1` })
    .where(eq(articles.id, req.params.id))
    .returning();
  if (article === undefined) res.status(404).end();
  else res.json(article);
});

serve(app);
