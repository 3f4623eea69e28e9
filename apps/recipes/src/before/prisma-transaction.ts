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
  const article = await prisma.$transaction(async (tx) => {
    const current = await tx.article.findUnique({ where: { id } });
    if (current === null) return null;
    return tx.article.update({ where: { id }, data: { ...fieldsOf(req.body), version: current.version + 1 } });
  });
  if (article === null) res.status(404).end();
  else res.json(article);
});

serve(app);
