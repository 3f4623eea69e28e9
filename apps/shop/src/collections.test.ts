import { createMemoryStore } from "@unclash/memory";
import { createUnclash } from "unclash";
import { describe, expect, it } from "vitest";
import { collections } from "./collections.js";
import { asEditor, content, createShop, send } from "./shop.test-support.js";

const mug = { id: "mug", sku: "MUG-1", name: "Mug", price: 12.9, stock: 3 };

/** A shop with one product. */
async function openShop(): Promise<ReturnType<typeof createShop>> {
  const shop = createShop(createMemoryStore());
  await send(shop, "POST", "/products", { body: mug });
  return shop;
}

describe("articles", () => {
  it("start as drafts without tags", async () => {
    const created = await send(await openShop(), "POST", "/articles", { body: { id: "1", title: "T", body: "B" } });
    expect(created.status).toBe(201);
    expect(content(created)).toEqual({ id: "1", version: 1, title: "T", body: "B", tags: [], status: "draft" });
  });

  it("have the edits of two who do not know of each other: other fields, other lines, other tags", async () => {
    const shop = await openShop();
    await send(shop, "POST", "/articles", { body: { id: "1", title: "T", body: "A\nB\nC", tags: ["a", "b"] } });
    const patch = (body: object) => send(shop, "PATCH", "/articles/1", { body: { version: 1, ...body } });
    expect((await patch({ title: "Hers", body: "Hers\nB\nC", tags: ["a", "b", "hers"] })).status).toBe(200);
    const late = await patch({ body: "A\nB\nHis", tags: ["b", "his"] });
    expect(late).toMatchObject({ status: 200, headers: { "unclash-conflict": "status=resolved, strategy=merge" } });
    expect(content(late)).toMatchObject({ title: "Hers", body: "Hers\nB\nHis", tags: ["b", "hers", "his"] });
  });

  it("show a late writer the current state", async () => {
    const shop = await openShop();
    const { headers } = await send(shop, "POST", "/articles", { body: { id: "1", title: "T", body: "B" } });
    const ifMatch = { headers: { "if-match": headers["etag"] ?? "" } };
    await send(shop, "PATCH", "/articles/1", { ...ifMatch, body: { title: "Hers" } });
    const late = await send(shop, "PATCH", "/articles/1", { ...ifMatch, body: { title: "His" } });
    expect(late.status).toBe(409);
    expect(content(late)).toMatchObject({
      conflictingFields: ["/title"],
      current: { version: 2, representation: { title: "Hers" } },
    });
  });
});

describe("articles in v1", () => {
  it("call their body content, and tell of a late write in that name", async () => {
    const shop = await openShop();
    const { headers } = await send(shop, "POST", "/v1/articles", { body: { id: "1", title: "T", content: "C" } });
    expect(content(await send(shop, "GET", "/articles/1"))).toMatchObject({ body: "C", status: "draft" });
    const ifMatch = { headers: { "if-match": headers["etag"] ?? "" } };
    await send(shop, "PATCH", "/articles/1", { ...ifMatch, body: { body: "Hers" } });
    const late = await send(shop, "PATCH", "/v1/articles/1", { ...ifMatch, body: { content: "His" } });
    expect(content(late)).toMatchObject({
      conflictingFields: ["/content"],
      current: { version: 2, representation: { title: "T", content: "Hers" } },
    });
    expect(late.headers).toMatchObject({ deprecation: "@1793491200", sunset: "Sat, 01 Nov 2036 00:00:00 GMT" });
  });

  it("are refused with a body, as in v2 with content", async () => {
    const shop = await openShop();
    for (const [path, body] of [
      ["/v1/articles", { title: "T", body: "B" }],
      ["/v2/articles", { title: "T", content: "C" }],
    ] as const) {
      expect((await send(shop, "POST", path, { body })).status).toBe(422);
    }
  });

  it("keep the body that they have from before there was a v1", async () => {
    const store = createMemoryStore();
    const { apiVersions, ...before } = collections.articles;
    const former = createUnclash({ store, collections: { articles: before } });
    await send(former, "POST", "/articles", { body: { id: "1", title: "T", body: "B" } });
    expect(content(await send(createShop(store), "GET", "/articles/1"))).toMatchObject({ title: "T", body: "B" });
  });
});

describe("orders", () => {
  it("walk from pending over paid to shipped, and no further", async () => {
    const shop = await openShop();
    const created = await send(shop, "POST", "/orders", { body: { id: "1", product: "mug", quantity: 1 } });
    expect(content(created)).toMatchObject({ status: "pending" });
    for (const [version, status, expected] of [
      [1, "shipped", 409],
      [1, "paid", 200],
      [2, "pending", 409],
      [2, "shipped", 200],
      [3, "cancelled", 409],
    ] as const) {
      expect((await send(shop, "PATCH", "/orders/1", { body: { version, status } })).status).toBe(expected);
    }
  });

  it.each(["pending", "paid"])("can be cancelled while they are %s", async (from) => {
    const shop = await openShop();
    await send(shop, "POST", "/orders", { body: { id: "1", product: "mug", quantity: 1 } });
    const version = from === "paid" ? 2 : 1;
    if (from === "paid") await send(shop, "PATCH", "/orders/1", { body: { version: 1, status: "paid" } });
    expect((await send(shop, "PATCH", "/orders/1", { body: { version, status: "cancelled" } })).status).toBe(200);
  });

  it("wait with a late change until an editor has looked at it", async () => {
    const shop = await openShop();
    await send(shop, "POST", "/orders", { body: { id: "1", product: "mug", quantity: 1 } });
    const patch = (body: object) => send(shop, "PATCH", "/orders/1", { body: { version: 1, ...body } });
    expect((await patch({ quantity: 2 })).status).toBe(200);
    expect((await patch({ quantity: 3 })).status).toBe(409);
    const open = content(await send(shop, "GET", "/conflicts?resource=orders/1", { headers: asEditor }));
    expect(open).toMatchObject({ items: [{ state: "open", strategy: "manual", conflictingFields: ["/quantity"] }] });
    const body = { conflict: Reflect.get(Object(open), "items")[0].id, resolution: "mine" };
    expect((await send(shop, "POST", "/resolve-conflict", { headers: asEditor, body })).status).toBe(200);
    expect(content(await send(shop, "GET", "/orders/1"))).toMatchObject({ version: 3, quantity: 3 });
  });
});

describe("what is not valid", () => {
  it.each([
    ["an article without a title", "/articles", { body: "B" }, "/title"],
    ["an article in a state that there is none of", "/articles", { title: "T", body: "B", status: "lost" }, "/status"],
    ["an article with tags that are no list of words", "/articles", { title: "T", body: "B", tags: [1] }, "/tags/0"],
    ["a product without a sku", "/products", { ...mug, id: "2", sku: "" }, "/sku"],
    ["a product at a negative price", "/products", { ...mug, id: "2", sku: "2", price: -0.01 }, "/price"],
    ["a product of which there is half a one", "/products", { ...mug, id: "2", sku: "2", stock: 0.5 }, "/stock"],
    ["a product of which less than none is there", "/products", { ...mug, id: "2", sku: "2", stock: -1 }, "/stock"],
    ["an order for nothing", "/orders", { product: "mug", quantity: 0 }, "/quantity"],
    ["an order for what there is none of", "/orders", { product: "cup", quantity: 1 }, "/product"],
    ["an order that begins as paid", "/orders", { product: "mug", quantity: 1, status: "paid" }, "/status"],
  ])("is refused, with its field: %s", async (_, path, body, pointer) => {
    const refused = await send(await openShop(), "POST", path, { body });
    expect(refused.status).toBe(422);
    expect(content(refused)).toMatchObject({ errors: [{ pointer }] });
  });

  it.each([
    ["/articles", { title: "T", body: "B", autor: "me" }],
    ["/products", { ...mug, id: "2", sku: "2", autor: "me" }],
    ["/orders", { product: "mug", quantity: 1, autor: "me" }],
  ])("is refused by name where %s knows no such field", async (path, body) => {
    const refused = await send(await openShop(), "POST", path, { body });
    expect(refused.status).toBe(422);
    expect(content(refused)).toMatchObject({ errors: [{ detail: expect.stringContaining('"autor"') }] });
  });
});

describe("products", () => {
  it("share no sku", async () => {
    const taken = await send(await openShop(), "POST", "/products", { body: { ...mug, id: "2" } });
    expect(taken.status).toBe(409);
    expect(content(taken)).toMatchObject({ field: "/sku", holder: "products/mug" });
  });
});

describe("the stock of products", () => {
  const merging = { headers: { prefer: "on-conflict=merge" } };

  async function book(shop: Awaited<ReturnType<typeof openShop>>, body: object): Promise<number> {
    return (await send(shop, "PATCH", "/products/mug", { ...merging, body: { version: 1, ...body } })).status;
  }

  it("is what all have booked, for those who ask for that", async () => {
    const shop = await openShop();
    expect([await book(shop, { stock: 2 }), await book(shop, { stock: 10 })]).toEqual([200, 200]);
    expect(content(await send(shop, "GET", "/products/mug"))).toMatchObject({ stock: 9 });
    const late = await send(shop, "PATCH", "/products/mug", { body: { version: 1, stock: 0 } });
    expect(late.status).toBe(409);
  });

  it("never falls below none, and a price is nobody's sum", async () => {
    const shop = await openShop();
    expect([await book(shop, { stock: 1 }), await book(shop, { stock: 1 })]).toEqual([200, 409]);
    expect([await book(shop, { price: 10 }), await book(shop, { price: 11 })]).toEqual([200, 409]);
  });
});

describe("conflicts", () => {
  it.each([
    ["articles", { title: "T", body: "B" }, { title: "Hers" }, { title: "His" }],
    ["products", { sku: "1", name: "N", price: 1, stock: 1 }, { price: 2 }, { price: 3 }],
    ["orders", { product: "mug", quantity: 1 }, { quantity: 2 }, { quantity: 3 }],
    ["notes", { text: "T" }, { text: "Hers" }, { text: "His" }],
  ])("that are plain refusals are recorded: %s", async (collection, fields, hers, his) => {
    const shop = await openShop();
    await send(shop, "POST", `/${collection}`, { body: { ...fields, id: "1" } });
    await send(shop, "PATCH", `/${collection}/1`, { body: { version: 1, ...hers } });
    const headers = { prefer: "on-conflict=reject" };
    const late = await send(shop, "PATCH", `/${collection}/1`, { headers, body: { version: 1, ...his } });
    expect(late.status).toBe(409);
    await shop.drain();
    const recorded = await send(shop, "GET", `/conflicts?resource=${collection}/1&state=open`, { headers: asEditor });
    expect(content(recorded)).toMatchObject({ items: [{ base: { version: 1 }, current: { version: 2 } }] });
  });
});

describe("notes", () => {
  it("are any JSON object, and keep all of it", async () => {
    const shop = await openShop();
    const note = { a: { b: [1, null, { c: "" }] }, constructor: { prototype: { x: 1 } }, "": false };
    await send(shop, "PUT", "/notes/1", { body: note });
    expect(content(await send(shop, "GET", "/notes/1"))).toEqual({ id: "1", version: 1, ...note });
  });

  it("take a write without a precondition, and a late one", async () => {
    const shop = await openShop();
    const { headers } = await send(shop, "PUT", "/notes/1", { body: { n: 1 } });
    expect((await send(shop, "PUT", "/notes/1", { body: { n: 2 } })).status).toBe(200);
    const ifMatch = { "if-match": headers["etag"] ?? "" };
    expect((await send(shop, "PUT", "/notes/1", { headers: ifMatch, body: { n: 3 } })).status).toBe(200);
  });
});

describe("the precondition", () => {
  it.each([
    ["articles", { title: "T", body: "B" }],
    ["products", { ...mug, id: "1", sku: "1" }],
    ["orders", { product: "mug", quantity: 1 }],
  ])("is required of %s", async (collection, fields) => {
    const shop = await openShop();
    await send(shop, "POST", `/${collection}`, { body: { ...fields, id: "1" } });
    expect((await send(shop, "PUT", `/${collection}/1`, { body: { ...fields, id: "1" } })).status).toBe(428);
  });
});
