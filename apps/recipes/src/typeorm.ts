import { guarded, problems } from "@unclash/express";
import express, { type Request } from "express";
import { DataSource, EntitySchema } from "typeorm";
import { type Article, databaseUrl, fieldsOf, serve } from "./articles.js";

const ArticleEntity = new EntitySchema<Article>({
  name: "Article",
  tableName: "articles",
  columns: {
    id: { type: "text", primary: true },
    title: { type: "text" },
    body: { type: "text" },
    version: { type: "integer", version: true }, // `@VersionColumn()`, where you write classes.
  },
});

const source = new DataSource({ type: "postgres", url: await databaseUrl(), entities: [ArticleEntity] });
const articles = (await source.initialize()).getRepository(ArticleEntity);

async function load({ params }: Request<{ id: string }>) {
  const article = await articles.findOneBy({ id: params.id });
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
    const fields = fieldsOf(req.body);
    // Not `save`, which writes by id alone. `update` raises the version by itself.
    const { affected } = await articles.update({ id: current.id, version: expected }, fields);
    await outcome.expectAffected(affected);
    outcome.updated(expected + 1);
    res.json({ ...current, ...fields, version: expected + 1 });
  }),
);

app.use(problems());
serve(app);
