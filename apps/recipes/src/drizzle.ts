import { randomUUID } from "node:crypto";
import { createGuards, problems } from "@unclash/express";
import { and, eq, gt, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { integer, pgTable, text } from "drizzle-orm/pg-core";
import express, { type Request } from "express";
import { articleFields, databaseUrl, serve } from "./articles.js";

const database = drizzle(await databaseUrl());

const articles = pgTable("articles", {
  id: text().primaryKey(),
  title: text().notNull(),
  body: text().notNull(),
  version: integer().notNull().default(1),
});

// For an item of a list that is put back: its `etag`, or its `version`, is the precondition.
const { guarded } = createGuards({ versionField: "version", etagField: "etag", checkContent: true });

async function load({ params }: Request<{ id: string }>) {
  const [article] = await database.select().from(articles).where(eq(articles.id, params.id));
  return article;
}

/** The article that was loaded, if nobody has written it since. */
function stillAt(id: string, version: number) {
  return and(eq(articles.id, id), eq(articles.version, version));
}

/** A list, or a POST to it, is for no single article: nothing is loaded. */
const ofList = { resource: () => null };

const app = express();
app.use(express.json({ type: ["application/json", "application/*+json"], strict: false }));

const list = guarded(ofList, async ({ res, readPage }) => {
  const { after, rowsMax, answer } = readPage();
  const behind = after === undefined ? undefined : gt(articles.id, after);
  const rows = await database.select().from(articles).where(behind).orderBy(articles.id).limit(rowsMax);
  res.json(answer(rows));
});

const create = guarded(ofList, async ({ res, applyChange, outcome }) => {
  const fields = await applyChange(null, articleFields);
  const rows = await database
    .insert(articles)
    .values({ ...fields, id: randomUUID() })
    .returning();
  const article = await outcome.expectRow(rows);
  outcome.updated(article.version);
  res.status(201).location(`/articles/${article.id}`).json(article);
});

const read = guarded({ load }, ({ res, current }) => void res.json(current));

/** PUT and PATCH: `applyChange` gives all fields of both. */
const write = guarded({ load }, async ({ res, current, expected, applyChange, outcome }) => {
  const fields = await applyChange(current, articleFields);
  const rows = await database
    .update(articles)
    .set({ ...fields, version: sql`${articles.version} + 1` })
    .where(stillAt(current.id, expected))
    .returning();
  const article = await outcome.expectRow(rows); // An empty array is no error to Drizzle. It is one here.
  outcome.updated(article.version);
  res.json(article);
});

const remove = guarded({ load }, async ({ res, current, expected, outcome }) => {
  const rows = await database.delete(articles).where(stillAt(current.id, expected)).returning();
  await outcome.expectRow(rows); // Without `returning()`, `rows` is the driver's result: there in any case.
  res.status(204).end();
});

app.route("/articles").get(list).post(create);
app.route("/articles/:id").get(read).put(write).patch(write).delete(remove);

app.use(problems());
serve(app);
