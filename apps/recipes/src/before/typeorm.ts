import express from "express";
import { DataSource, EntitySchema } from "typeorm";
import { type Article, databaseUrl, fieldsOf, serve } from "../articles.js";

const ArticleEntity = new EntitySchema<Article>({
  name: "Article",
  tableName: "articles",
  columns: {
    id: { type: "text", primary: true },
    title: { type: "text" },
    body: { type: "text" },
    version: { type: "integer", version: true },
  },
});

const source = new DataSource({ type: "postgres", url: await databaseUrl(), entities: [ArticleEntity] });
const articles = (await source.initialize()).getRepository(ArticleEntity);
const app = express();
app.use(express.json());

app.get("/articles/:id", async (req, res) => {
  const article = await articles.findOneBy({ id: req.params.id });
  if (article === null) res.status(404).end();
  else res.json(article);
});

app.put("/articles/:id", async (req, res) => {
  const article = await articles.findOneBy({ id: req.params.id });
  if (article === null) return void res.status(404).end();
  res.json(await articles.save({ ...article, ...fieldsOf(req.body) }));
});

serve(app);
