import { PrismaPg } from "@prisma/adapter-pg";
import express from "express";
import { PrismaClient } from "../../generated/prisma/client.js";
import { databaseUrl, fieldsOf, serve } from "../articles.js";

const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: await databaseUrl() }) });
const app = express();
app.use(express.json());

app.get("/articles/:id", async (req, res) => {
  const article = await prisma.article.findUnique({ where: { id: req.params.id } });
  if (article === null) res.status(404).end();
  else res.json(article);
});

app.put("/articles/:id", async (req, res) => {
  const { id } = req.params;
  if ((await prisma.article.findUnique({ where: { id } })) === null) return void res.status(404).end();
  const article = await prisma.article.update({
    where: { id },
    data: { ...fieldsOf(req.body), version: { increment: 1 } },
  });
  res.json(article);
});

serve(app);
