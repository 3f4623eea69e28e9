import { PrismaPg } from "@prisma/adapter-pg";
import { postgresUrl } from "@unclash/test-servers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PrismaClient } from "../generated/prisma/client.js";
import { makePostgres, type RecipeDatabase } from "./database.test-support.js";

/** What the page on recipes says of Prisma, shown on the client that `pnpm build` made. */
describe.skipIf(postgresUrl === undefined)("a write of Prisma's that matches no row", () => {
  let database: RecipeDatabase;
  let prisma: PrismaClient;
  const data = { title: "Mine" };

  beforeAll(async () => {
    database = await makePostgres();
    prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: database.variables["DATABASE_URL"] }) });
  });

  afterAll(async () => {
    await prisma?.$disconnect();
    await database?.remove();
  });

  it.each([
    ["stale", { id: "1", version: 7 }],
    ["gone", { id: "gone", version: 1 }],
  ])("is P2025 to update, where it is %s", async (_, where) => {
    await expect(prisma.article.update({ where, data })).rejects.toMatchObject({ code: "P2025" });
  });

  it("is a count or an empty array to the others", async () => {
    const where = { id: "1", version: 7 };
    expect(await prisma.article.updateMany({ where, data })).toEqual({ count: 0 });
    expect(await prisma.article.updateManyAndReturn({ where, data })).toEqual([]);
  });
});
