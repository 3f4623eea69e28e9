import { guarded, problems } from "@unclash/express";
import express, { type Request } from "express";
import pg from "pg";
import { type Article, databaseUrl, fieldsOf, serve } from "./articles.js";

const pool = new pg.Pool({ connectionString: await databaseUrl() });

async function load({ params }: Request<{ id: string }>) {
  const { rows } = await pool.query<Article>("SELECT * FROM articles WHERE id = $1", [params.id]);
  const [article] = rows;
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
    const { rows } = await pool.query<Article>(
      `UPDATE articles SET title = $1, body = $2, version = version + 1
       WHERE id = $3 AND version = $4 RETURNING *`,
      [title, body, current.id, expected],
    );
    const article = await outcome.expectRow(rows); // No row: 404 if it is gone, else 409.
    outcome.updated(article.version);
    res.json(article);
  }),
);

app.use(problems());
serve(app);
