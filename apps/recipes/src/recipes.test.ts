import { postgresUrl } from "@unclash/test-servers";
import { describe, expect, it } from "vitest";
import { problemOf, put, useRecipe } from "./requests.test-support.js";
import { appendLines, linesOf, readArticle } from "./writers.test-support.js";

const clients = 8;
/** All have read before the first one writes, so that most of the first lines meet a conflict. */
const linesEach = process.env["SOAK"] === undefined ? 2 : 6;

const recipes = [
  "pg",
  "pg-transaction",
  "node-sqlite",
  "prisma",
  "prisma-transaction",
  "drizzle",
  "kysely",
  "knex",
  "typeorm",
] as const;

const runnable = recipes.filter((name) => name === "node-sqlite" || postgresUrl !== undefined);

/** Needs processes: it runs what `pnpm build` made. */
describe.each(runnable)("the recipe for %s, in two processes", { timeout: 120_000 }, (name) => {
  const { add, url, race } = useRecipe(name, 2);

  it("loses no update of eight clients who edit one article", async () => {
    await add("edited");
    const urlFor = (client: number, attempt: number): string => url("edited", client + attempt);
    const { acknowledged, statuses } = await appendLines({ clients, linesEach, urlFor });
    expect(acknowledged).toHaveLength(clients * linesEach);
    // All had read before the first one wrote.
    expect(statuses.get(409)).toBeGreaterThanOrEqual(clients - 1);
    const [here, there] = await Promise.all([readArticle(url("edited", 0)), readArticle(url("edited", 1))]);
    expect(there).toEqual(here);
    expect(linesOf(here.article).toSorted()).toEqual(acknowledged.toSorted());
    expect(here.article.version).toBe(1 + acknowledged.length);
  });

  it("answers a write that loses a race inside its handler with a conflict", async () => {
    await add("raced");
    const { etag } = await readArticle(url("raced"));
    const other = "UPDATE articles SET title = 'Theirs', version = version + 1 WHERE id = 'raced'";
    const answer = await race(other, url("raced"), put({ title: "Mine", body: "Mine" }, etag));
    expect(await problemOf(answer)).toMatchObject({ status: 409, type: "urn:problem-type:unclash:version-conflict" });
    const { article } = await readArticle(url("raced"));
    expect(article).toEqual({ id: "raced", title: "Theirs", body: "Text", version: 2 });
  });

  it("answers a write whose article is deleted meanwhile with 404", async () => {
    await add("deleted");
    const { etag } = await readArticle(url("deleted"));
    const other = "DELETE FROM articles WHERE id = 'deleted'";
    const answer = await race(other, url("deleted"), put({ title: "Mine", body: "Mine" }, etag));
    expect(await problemOf(answer)).toMatchObject({ status: 404, type: "urn:problem-type:unclash:not-found" });
  });

  it("answers 404 for an article that was never there", async () => {
    for (const request of [{}, put({ title: "Mine", body: "Mine" }, '"1"')]) {
      const answer = await fetch(url("nothing"), request);
      expect(await problemOf(answer)).toMatchObject({ status: 404, type: "urn:problem-type:unclash:not-found" });
    }
  });

  it("gives each state its entity-tag, and wants it back", async () => {
    await add("tagged");
    const { etag } = await readArticle(url("tagged"));
    const unconditional = await fetch(url("tagged"), put({ title: "Mine", body: "Mine" }));
    expect(await problemOf(unconditional)).toMatchObject({ status: 428 });
    const written = await fetch(url("tagged"), put({ title: "Mine", body: "Mine" }, etag));
    expect(written.status).toBe(200);
    expect(await written.json()).toEqual({ id: "tagged", title: "Mine", body: "Mine", version: 2 });
    const fresh = await readArticle(url("tagged"));
    expect(fresh.etag).toBe(written.headers.get("etag"));
    expect(fresh.etag).not.toBe(etag);
    const unchanged = await fetch(url("tagged"), { headers: { "if-none-match": fresh.etag ?? "" } });
    expect(unchanged.status).toBe(304);
  });
});

describe.each(runnable)("the recipe for %s without its guard", { timeout: 120_000 }, (name) => {
  const { add, url, race } = useRecipe(`before/${name}`, 1);

  it("loses updates of eight clients who edit one article", async () => {
    await add("edited");
    const urlFor = (client: number, attempt: number): string => url("edited", client + attempt);
    const { acknowledged } = await appendLines({ clients, linesEach, urlFor });
    expect(acknowledged).toHaveLength(clients * linesEach);
    const { article } = await readArticle(url("edited"));
    // All had read before the first one wrote: of eight first lines, seven at least were written over.
    expect(linesOf(article).length).toBeLessThanOrEqual(acknowledged.length - (clients - 1));
  });

  it("overwrites what another writes while its handler runs", async () => {
    await add("raced");
    const other = "UPDATE articles SET title = 'Theirs', version = version + 1 WHERE id = 'raced'";
    const answer = await race(other, url("raced"), put({ title: "Mine", body: "Mine" }));
    expect(answer.status).toBe(200);
    expect((await readArticle(url("raced"))).article).toMatchObject({ title: "Mine", body: "Mine" });
  });
});
