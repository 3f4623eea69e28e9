import { DatabaseSync } from "@photostructure/sqlite";
import express from "express";
import { articlesSql, fieldsOf, serve } from "../articles.js";

const database = new DatabaseSync(process.env["DATABASE_FILE"] ?? "articles.db");
database.exec(`PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; ${articlesSql}`);

const app = express();
app.use(express.json());

app.get("/articles/:id", (req, res) => {
  const article = database.prepare("SELECT * FROM articles WHERE id = ?").get(req.params.id);
  if (article === undefined) res.status(404).end();
  else res.json(article);
});

app.put("/articles/:id", (req, res) => {
  const { title, body } = fieldsOf(req.body);
  const article = database
    .prepare("UPDATE articles SET title = ?, body = ?, version = version + 1 WHERE id = ? RETURNING *")
    .get(title, body, req.params.id);
  if (article === undefined) res.status(404).end();
  else res.json(article);
});

serve(app);
