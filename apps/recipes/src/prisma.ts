import { PrismaPg } from "@prisma/adapter-pg";
import { guarded, problems } from "@unclash/express";
import express, { type Request } from "express";
import { PrismaClient } from "../generated/prisma/client.js";
import { databaseUrl, fieldsOf, serve } from "./articles.js";

const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: await databaseUrl() }) });

async function load({ params }: Request<{ id: string }>) {
  const article = await prisma.article.findUnique({ where: { id: params.id } });
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
    // Not `update`, which throws P2025 where no row matches, and can't say why none does.
    const articles = await prisma.article.updateManyAndReturn({
      where: { id: current.id, version: expected },
      data: { ...fieldsOf(req.body), version: { increment: 1 } },
    });
    const article = await outcome.expectRow(articles);
    outcome.updated(article.version);
    res.json(article);
  }),
);

app.use(problems());
serve(app);
