import { guarded, problems } from "@unclash/express";
import { and, eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { integer, pgTable, text } from "drizzle-orm/pg-core";
import express, { type Request } from "express";
import { databaseUrl, fieldsOf, serve } from "./articles.js";

const database = drizzle(await databaseUrl());

const articles = pgTable("articles", {
  id: text().primaryKey(),
  title: text().notNull(),
  body: text().notNull(),
  version: integer().notNull().default(1),
});

async function load({ params }: Request<{ id: string }>) {
  const [article] = await database.select().from(articles).where(eq(articles.id, params.id));
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
    const rows = await database
      .update(articles)
      .set({ ...fieldsOf(req.body), version: sql`${articles.version} + 1` })
      .where(and(eq(articles.id, current.id), eq(articles.version, expected)))
      .returning();
    const article = await outcome.expectRow(rows); // An empty array is no error to Drizzle. It is one here.
    outcome.updated(article.version);
    res.json(article);
  }),
);

app.use(problems());
serve(app);
