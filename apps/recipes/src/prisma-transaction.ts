import { PrismaPg } from "@prisma/adapter-pg";
import { check, guarded, problems } from "@unclash/express";
import express, { type Request } from "express";
import { PrismaClient } from "../generated/prisma/client.js";
import { databaseUrl, fieldsOf, serve } from "./articles.js";

const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: await databaseUrl() }) });

/** Reads in a transaction, or outside of any. */
async function find({ article: articles }: Pick<PrismaClient, "article">, id: string) {
  const article = await articles.findUnique({ where: { id } });
  return article;
}

const app = express();
app.use(express.json());

app.get(
  "/articles/:id",
  guarded({ load: ({ params }: Request<{ id: string }>) => find(prisma, params.id) }, ({ res, current }) => {
    res.json(current);
  }),
);

app.put("/articles/:id", async (req, res) => {
  const { id } = req.params;
  const article = await prisma.$transaction(async (tx) => {
    const load = () => find(tx, id);
    const { expected, outcome } = await check(req, await load(), { load });
    // The transaction alone keeps nobody from writing after the check: the version in the WHERE does.
    const articles = await tx.article.updateManyAndReturn({
      where: { id, version: expected },
      data: { ...fieldsOf(req.body), version: { increment: 1 } },
    });
    const written = await outcome.expectRow(articles); // Loads again; what it throws rolls the transaction back.
    outcome.updated(written.version);
    return written;
  });
  res.json(article);
});

app.use(problems());
serve(app);
