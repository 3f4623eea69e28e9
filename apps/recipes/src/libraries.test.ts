import { postgresUrl } from "@unclash/test-servers";
import { and, eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { integer, pgTable, text } from "drizzle-orm/pg-core";
import createKnex from "knex";
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { DataSource, EntitySchema } from "typeorm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Article } from "./articles.js";
import { makePostgres, type RecipeDatabase } from "./database.test-support.js";

/** What the page on recipes says of libraries, shown on them. */
describe.skipIf(postgresUrl === undefined)("a write that matches no row", () => {
  let database: RecipeDatabase;
  let url = "";
  const stale = { id: "1", version: 1 };

  beforeAll(async () => {
    database = await makePostgres();
    url = database.variables["DATABASE_URL"] ?? "";
  });

  beforeEach(() => database.run("UPDATE articles SET title = 'Theirs', version = 2 WHERE id = '1'"));

  afterAll(() => database?.remove());

  it("is an empty array to Drizzle", async () => {
    const articles = pgTable("articles", { id: text().primaryKey(), title: text(), version: integer() });
    const pool = new pg.Pool({ connectionString: url });
    const update = () =>
      drizzle(pool)
        .update(articles)
        .set({ title: "Mine", version: sql`${articles.version} + 1` })
        .where(and(eq(articles.id, "1"), eq(articles.version, 1)));
    expect(await update().returning()).toEqual([]);
    expect(await update()).toMatchObject({ rowCount: 0 });
    await pool.end();
  });

  it("is a result to Kysely, whose count is a bigint", async () => {
    const pool = new pg.Pool({ connectionString: url });
    const kysely = new Kysely<{ articles: Article }>({ dialect: new PostgresDialect({ pool }) });
    const update = kysely.updateTable("articles").set({ title: "Mine" }).where("id", "=", "1").where("version", "=", 1);
    const result = await update.executeTakeFirst();
    expect(result).toBeDefined();
    expect(result.numUpdatedRows).toBe(0n);
    expect(result.numUpdatedRows).not.toBe(0);
    expect(await update.returningAll().executeTakeFirst()).toBeUndefined();
    await kysely.destroy();
  });

  it("is 0 to Knex, or an empty array", async () => {
    const knex = createKnex({ client: "pg", connection: url });
    const rows = () => knex<Article>("articles").where(stale);
    expect(await rows().update({ title: "Mine" })).toBe(0);
    expect(await rows().update({ title: "Mine" }).returning("*")).toEqual([]);
    await knex.destroy();
  });

  it("matches all the same in TypeORM's save, which sets the version back; update compares and raises it", async () => {
    const entity = new EntitySchema<Article>({
      name: "Article",
      tableName: "articles",
      columns: {
        id: { type: "text", primary: true },
        title: { type: "text" },
        body: { type: "text" },
        version: { type: "integer", version: true },
      },
    });
    const source = await new DataSource({ type: "postgres", url, entities: [entity] }).initialize();
    const articles = source.getRepository(entity);
    expect(await articles.update(stale, { title: "Mine" })).toMatchObject({ affected: 0 });
    const read = await articles.findOneByOrFail({ id: "1" });
    await database.run("UPDATE articles SET title = 'Later', version = 3 WHERE id = '1'");
    await articles.save({ ...read, title: "Mine" });
    expect(await articles.findOneBy({ id: "1" })).toMatchObject({ title: "Mine", version: 2 });
    expect(await articles.update({ id: "1", version: 2 }, { title: "Mine too" })).toMatchObject({ affected: 1 });
    expect(await articles.findOneBy({ id: "1" })).toMatchObject({ title: "Mine too", version: 3 });
    await source.destroy();
  });
});

describe.skipIf(postgresUrl === undefined)("a version that pg reads", () => {
  let database: RecipeDatabase;
  let client: pg.Client;

  beforeAll(async () => {
    database = await makePostgres();
    client = new pg.Client(database.variables["DATABASE_URL"]);
    await client.connect();
  });

  afterAll(async () => {
    await client?.end();
    await database?.remove();
  });

  it("is text where the column is a bigint, so that adding 1 appends a digit", async () => {
    const { rows } = await client.query("SELECT 1::bigint AS version");
    expect(rows).toEqual([{ version: "1" }]);
    expect(rows[0].version + 1).toBe("11");
  });

  it("no longer equals its column where that keeps microseconds, and does where it keeps milliseconds", async () => {
    await client.query(`CREATE TABLE dated (micro timestamptz, milli timestamptz(3));
      INSERT INTO dated VALUES ('2026-01-01T00:00:00.123456Z', '2026-01-01T00:00:00.123456Z')`);
    const { rows } = await client.query("SELECT micro, milli, micro::text AS whole FROM dated");
    const equal = await client.query(
      "SELECT micro = $1 AS micro, milli = $2 AS milli, micro = $3 AS whole FROM dated",
      [rows[0].micro, rows[0].milli, rows[0].whole],
    );
    expect(equal.rows).toEqual([{ micro: false, milli: true, whole: true }]);
  });
});
