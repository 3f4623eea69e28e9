import express from "express";
import pg from "pg";
import { type Article, databaseUrl, fieldsOf, serve } from "../articles.js";

const pool = new pg.Pool({ connectionString: await databaseUrl() });
const app = express();
app.use(express.json());

app.get("/articles/:id", async (req, res) => {
  const { rows } = await pool.query<Article>("SELECT * FROM articles WHERE id = $1", [req.params.id]);
  if (rows[0] === undefined) res.status(404).end();
  else res.json(rows[0]);
});

app.put("/articles/:id", async (req, res) => {
  const { title, body } = fieldsOf(req.body);
  const client = await pool.connect();
  try {
    // A transaction makes the steps one. It does not keep others from taking theirs in between.
    await client.query("BEGIN");
    const found = await client.query<Article>("SELECT * FROM articles WHERE id = $1", [req.params.id]);
    const { rows } = await client.query<Article>(
      "UPDATE articles SET title = $1, body = $2, version = $3 WHERE id = $4 RETURNING *",
      [title, body, (found.rows[0]?.version ?? 0) + 1, req.params.id],
    );
    await client.query("COMMIT");
    if (rows[0] === undefined) res.status(404).end();
    else res.json(rows[0]);
  } finally {
    client.release();
  }
});

serve(app);
