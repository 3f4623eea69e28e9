import { randomUUID } from "node:crypto";
import { createGuards, problems } from "@unclash/express";
import express, { type Request } from "express";
import pg from "pg";
import { type Article, articleFields, databaseUrl, serve } from "./articles.js";

const pool = new pg.Pool({ connectionString: await databaseUrl() });

// For an item of a list that is put back: its `etag`, or its `version`, is the precondition.
const { guarded } = createGuards({ versionField: "version", etagField: "etag", checkContent: true });

async function load({ params }: Request<{ id: string }>) {
  const { rows } = await pool.query<Article>("SELECT * FROM articles WHERE id = $1", [params.id]);
  const [article] = rows;
  return article;
}

/** A list, or a POST to it, is for no single article: nothing is loaded. */
const ofList = { resource: () => null };

const app = express();
app.use(express.json({ type: ["application/json", "application/*+json"], strict: false }));

const list = guarded(ofList, async ({ res, readPage }) => {
  const page = readPage();
  const { rows } = await pool.query<Article>(
    "SELECT * FROM articles WHERE $1::text IS NULL OR id > $1 ORDER BY id LIMIT $2",
    [page.after, page.rowsMax], // One row more than the page shows.
  );
  res.json(page.answer(rows));
});

const create = guarded(ofList, async ({ res, applyChange, outcome }) => {
  const { title, body } = await applyChange(null, articleFields);
  const { rows } = await pool.query<Article>(
    "INSERT INTO articles (id, title, body) VALUES ($1, $2, $3) RETURNING *",
    [randomUUID(), title, body], // No id comes back after a deletion: its entity-tags name no other article.
  );
  const article = await outcome.expectRow(rows);
  outcome.updated(article.version);
  res.status(201).location(`/articles/${article.id}`).json(article);
});

const read = guarded({ load }, ({ res, current }) => void res.json(current));

/** PUT and PATCH: `applyChange` gives all fields of both. */
const write = guarded({ load }, async ({ res, current, expected, applyChange, outcome }) => {
  const { title, body } = await applyChange(current, articleFields);
  const { rows } = await pool.query<Article>(
    `UPDATE articles SET title = $1, body = $2, version = version + 1
     WHERE id = $3 AND version = $4 RETURNING *`,
    [title, body, current.id, expected],
  );
  const article = await outcome.expectRow(rows); // No row: 404 if it is gone, else 409.
  outcome.updated(article.version);
  res.json(article);
});

const remove = guarded({ load }, async ({ res, current, expected, outcome }) => {
  const sql = "DELETE FROM articles WHERE id = $1 AND version = $2";
  const { rowCount } = await pool.query(sql, [current.id, expected]);
  await outcome.expectAffected(rowCount); // 0: the article has been changed, or deleted, since `load`.
  res.status(204).end();
});

app.route("/articles").get(list).post(create);
app.route("/articles/:id").get(read).put(write).patch(write).delete(remove);

app.use(problems());
serve(app);
