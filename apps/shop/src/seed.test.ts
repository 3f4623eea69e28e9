import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Store } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import { createSqliteStore } from "@unclash/sqlite";
import { afterEach, describe, expect, it } from "vitest";
import { articles } from "./seed/articles.js";
import { notes } from "./seed/notes.js";
import { orders } from "./seed/orders.js";
import { products } from "./seed/products.js";
import { seed } from "./seed.js";
import { content, createShop, send } from "./shop.test-support.js";

const counts = { articles: 50, products: 200, orders: 8, notes: 5 };

/** How many resources each collection holds. */
async function count(store: Store): Promise<Record<string, number>> {
  const pages = Object.keys(counts).map(async (name) => {
    const { records } = await store.list({ prefix: `${name}/`, limit: 1_000 });
    return [name, records.length] as const;
  });
  return Object.fromEntries(await Promise.all(pages));
}

const cleanUp: (() => unknown)[] = [];

afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo();
});

/** Some stores on one new file, as so many processes have them. */
function openFile(stores: number): Promise<readonly Store[]> {
  const folder = mkdtempSync(join(tmpdir(), "unclash-shop-"));
  cleanUp.push(() => rmSync(folder, { recursive: true }));
  return Promise.all(
    Array.from({ length: stores }, async () => {
      const store = await createSqliteStore({ file: join(folder, "shop.db") });
      cleanUp.push(() => store.close());
      return store;
    }),
  );
}

describe("seed", () => {
  it("fills a new shop", async () => {
    const store = createMemoryStore();
    await seed(store);
    expect(await count(store)).toEqual(counts);
  });

  it("writes what the engine would have written", async () => {
    const seeded = createMemoryStore({ clock: () => 1_000 });
    const posted = createMemoryStore({ clock: () => 1_000 });
    await seed(seeded);
    const shop = createShop(posted);
    for (const [collection, resources] of Object.entries({ products, articles, notes, orders })) {
      for (const body of resources) expect((await send(shop, "POST", `/${collection}`, { body })).status).toBe(201);
    }
    for (const name of Object.keys(counts)) {
      const [expected, actual] = await Promise.all(
        [posted, seeded].map((store) => store.list({ prefix: `${name}/`, limit: 1_000 })),
      );
      const withoutTags = actual?.records.map(({ tag, revision, ...record }) => record);
      expect(withoutTags).toEqual(expected?.records.map(({ tag, revision, ...record }) => record));
    }
  });

  it("holds a seeded product's sku against others", async () => {
    const store = createMemoryStore();
    await seed(store);
    const shop = createShop(store);
    const first = content(await send(shop, "GET", "/products/1"));
    const copy = Object.assign({}, first, { id: "copy" });
    expect((await send(shop, "POST", "/products", { body: copy })).status).toBe(409);
  });

  it("changes nothing the second time", async () => {
    const store = createMemoryStore();
    await seed(store);
    const shop = createShop(store);
    await send(shop, "PATCH", "/articles/1", { body: { version: 1, title: "Mine" } });
    await send(shop, "DELETE", "/articles/2", { headers: { "if-match": "*" } });
    await seed(store);
    expect(content(await send(shop, "GET", "/articles/1"))).toMatchObject({ version: 2, title: "Mine" });
    expect((await send(shop, "GET", "/articles/2")).status).toBe(410);
  });

  it("leaves a collection empty that its users have emptied", async () => {
    const store = createMemoryStore();
    await seed(store);
    const shop = createShop(store);
    for (const { id } of orders) await send(shop, "DELETE", `/orders/${id}`, { headers: { "if-match": "*" } });
    await send(shop, "DELETE", "/products/3", { headers: { "if-match": "*" } });
    for (const { id } of notes) await send(shop, "DELETE", `/notes/${id}`);
    await seed(store);
    expect(await count(store)).toEqual({ articles: 50, products: 199, orders: 0, notes: 0 });
  });

  it("leaves a collection alone that holds anything else", async () => {
    const store = createMemoryStore();
    await send(createShop(store), "PUT", "/notes/mine", { body: {} });
    await seed(store);
    expect(await count(store)).toEqual({ ...counts, notes: 1 });
  });

  it("leaves a collection alone that someone begins to fill meanwhile", async () => {
    const store = createMemoryStore();
    const faster: Store = {
      ...store,
      async commit(commit) {
        const isOfNotes = commit.writes.every(({ key }) => key.startsWith("notes/"));
        if (isOfNotes) await send(createShop(store), "PUT", "/notes/mine", { body: {} });
        return store.commit(commit);
      },
    };
    await seed(faster);
    expect(await count(store)).toEqual({ ...counts, notes: 1 });
  });

  it("fills a shop once when several processes start on one file", async () => {
    const stores = await openFile(3);
    await Promise.all(stores.map(seed));
    for (const store of stores) {
      expect(await count(store)).toEqual(counts);
      const { records } = await store.list({ prefix: "products/", limit: 1_000 });
      expect(new Set(records.map(({ revision }) => revision)).size).toBe(1);
    }
  });
});

describe("the seeds", () => {
  it("are the same in every new shop", async () => {
    const texts = await Promise.all(
      [createMemoryStore(), createMemoryStore()].map(async (store) => {
        await seed(store);
        const { records } = await store.list({ prefix: "products/", limit: 1_000 });
        return records.map(({ text }) => text);
      }),
    );
    expect(texts[0]).toEqual(texts[1]);
  });

  it("have prices in whole cents, and some stock of nearly everything", () => {
    const wrong = products.filter(({ price }) => !/^[0-9]+(\.[0-9]{1,2})?$/.test(String(price)));
    expect(wrong).toEqual([]);
    const outOfStock = products.filter(({ stock }) => stock === 0).length;
    expect(outOfStock).toBeGreaterThan(0);
    expect(outOfStock).toBeLessThan(10);
  });

  it("share no title", () => {
    expect(new Set(articles.map(({ title }) => title)).size).toBe(articles.length);
  });
});
