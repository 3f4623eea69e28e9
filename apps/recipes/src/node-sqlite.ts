// On Node 22 and later this is `node:sqlite`. This package is the same, and runs on Node 20 too.
import { DatabaseSync } from "@photostructure/sqlite";
import { guarded, problems } from "@unclash/express";
import express, { type Request } from "express";
import { type Article, articlesSql, fieldsOf, serve } from "./articles.js";

const database = new DatabaseSync(process.env["DATABASE_FILE"] ?? "articles.db");
database.exec(`PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; ${articlesSql}`);

/** SQLite lets a column hold anything, so that a row's type is for the app to say. */
function articleFrom(row: Readonly<Record<string, unknown>> | undefined): Article | undefined {
  if (row === undefined) return undefined;
  const { id, title, body, version } = row;
  return { id: String(id), title: String(title), body: String(body), version: Number(version) };
}

function load({ params }: Request<{ id: string }>) {
  const article = articleFrom(database.prepare("SELECT * FROM articles WHERE id = ?").get(params.id));
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
    const { title, body } = fieldsOf(req.body);
    // This process does one thing at a time. But others may have written since `load`.
    const row = database
      .prepare(
        `UPDATE articles SET title = ?, body = ?, version = version + 1
         WHERE id = ? AND version = ? RETURNING *`,
      )
      .get(title, body, current.id, expected);
    const article = await outcome.expectRow(articleFrom(row));
    outcome.updated(article.version);
    res.json(article);
  }),
);

app.use(problems());
serve(app);
