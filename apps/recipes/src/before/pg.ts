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
  const { rows } = await pool.query<Article>(
    "UPDATE articles SET title = $1, body = $2, version = version + 1 WHERE id = $3 RETURNING *",
    [title, body, req.params.id],
  );
  if (rows[0] === undefined) res.status(404).end();
  else res.json(rows[0]);
});

serve(app);
