import type { Commit, Store } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import { expect, test } from "vitest";
import { z } from "zod";
import { ask, bodyOf } from "../ask.test-support.js";
import { stopProcessTime } from "../commits/process-time.test-support.js";
import type { UnclashOptions } from "../options.js";
import { createUnclash } from "../unclash.js";
import type { CollectionOptions } from "./collection-options.js";

const anything = { schema: z.looseObject({}), preconditions: { required: false } } as const satisfies CollectionOptions;
const ordersOf = (onDelete: "ignore" | "restrict"): CollectionOptions => ({
  ...anything,
  references: { product: { collection: "products", onDelete }, spare: { collection: "products", onDelete } },
});

/** An engine over orders that refer to products, and the commits that it makes. */
function setUp(
  onDelete: "ignore" | "restrict",
  { store = createMemoryStore(), ...options }: Partial<UnclashOptions> = {},
) {
  const commits: Commit[] = [];
  const watched: Store = {
    ...store,
    commit: (commit) => {
      commits.push(commit);
      return store.commit(commit);
    },
  };
  const collections = { products: anything, orders: ordersOf(onDelete) };
  const unclash = createUnclash({ store: watched, collections, ...options });
  return {
    store,
    commits,
    index: () => unclash.indexReferences(),
    send: (line: string, json?: object, headers: Record<string, string> = {}) =>
      ask(unclash, line, { ...(json && { json }), headers }),
    /** How many records there are of what refers to a product. */
    recordsOf: async (id: string) =>
      (await store.list({ prefix: `_reference/products/${id}/`, limit: 1_000 })).records.length,
  };
}

const product = (id: string) => ["POST /products", { id }] as const;

test("a resource that another one refers to can't be deleted, until that refers elsewhere or is gone", async () => {
  const { send, recordsOf } = setUp("restrict");
  for (const id of ["p1", "p2"]) await send(...product(id));
  await send("POST /orders", { id: "secret", product: "p1", spare: "p1" });
  const refused = await send("DELETE /products/p1");
  expect(refused).toMatchObject({ status: 409, outcome: "invalid-state" });
  const { resource, field, detail } = bodyOf(refused);
  expect(resource).toBe("products/p1");
  expect(["/product", "/spare"]).toContain(field);
  expect(detail).toMatch(/^products\/p1 can't be deleted while a resource in orders refers to it by its field \w+\.$/);
  expect(refused.body).not.toContain("secret");
  expect(await send("DELETE /products/p1", undefined, { prefer: "dry-run" })).toMatchObject({ status: 409 });

  await send("PATCH /orders/secret", { product: "p2" });
  expect(bodyOf(await send("DELETE /products/p1"))).toMatchObject({ status: 409, field: "/spare" });
  await send("PATCH /orders/secret", { spare: null });
  expect(await send("DELETE /products/p1")).toMatchObject({ status: 204 });
  expect(await send("DELETE /products/p2")).toMatchObject({ status: 409 });
  await send("DELETE /orders/secret");
  expect(await recordsOf("p2")).toBe(0);
  expect(await send("DELETE /products/p2")).toMatchObject({ status: 204 });
});

test("a failed precondition of a deletion is told before what refers to the resource", async () => {
  const { send } = setUp("restrict");
  await send(...product("p1"));
  await send("POST /orders", { product: "p1" });
  expect(await send("DELETE /products/p1", undefined, { "if-match": '"x"' })).toMatchObject({
    outcome: "version-conflict",
  });
});

test("by default a resource is deleted whatever refers to it, and nothing is kept of what does", async () => {
  const { send, commits } = setUp("ignore");
  await send(...product("p1"));
  await send("POST /orders", { id: "o1", product: "p1" });
  expect(await send("DELETE /products/p1")).toMatchObject({ status: 204 });
  expect(await send("PATCH /orders/o1", { quantity: 2 })).toMatchObject({ status: 200 });
  expect(commits.map(({ writes }) => writes.map(({ key }) => key))).toEqual([
    ["products/p1"],
    ["orders/o1"],
    ["products/p1"],
    ["orders/o1"],
  ]);
  expect(commits[2]?.reads).toEqual([]);
});

test("a deletion is committed while nothing refers to the resource, and a reference while that is there", async () => {
  const { send, commits } = setUp("restrict");
  await send(...product("p1"));
  await send("POST /orders", { id: "o1", product: "p1" });
  expect(commits.at(-1)?.reads).toEqual([{ key: "products/p1", expect: "present" }]);
  expect(commits.at(-1)?.writes).toMatchObject([
    { key: "orders/o1" },
    {
      key: expect.stringMatching(/^_reference\/products\/p1\/[\w-]{43}$/),
      put: '{"resource":"orders/o1","field":"product"}',
    },
  ]);
  await send("DELETE /orders/o1");
  await send("DELETE /products/p1");
  const range = { prefix: "_reference/products/p1/", limit: 1, texts: false };
  expect(commits.at(-1)?.reads).toEqual([{ range, seen: [] }]);
});

test("what stays as it is leaves the record of its reference alone", async () => {
  const { send, commits, recordsOf } = setUp("restrict");
  await send(...product("p1"));
  await send("POST /orders", { id: "o1", product: "p1" });
  await send("PATCH /orders/o1", { quantity: 2 });
  expect(commits.at(-1)?.writes).toHaveLength(1);
  expect(await recordsOf("p1")).toBe(1);
});

test("a resource that was deleted refers to nothing, and refers again when it is made again", async () => {
  const { send } = setUp("restrict");
  await send(...product("p1"));
  await send("POST /orders", { id: "o1", product: "p1" });
  await send("DELETE /orders/o1");
  await send("PUT /orders/o1", { product: "p1" });
  expect(await send("DELETE /products/p1")).toMatchObject({ status: 409 });
});

test("in a tree a resource with children stays; one that is its own parent can be made and deleted", async () => {
  const categories: CollectionOptions = {
    ...anything,
    references: { parent: { collection: "categories", onDelete: "restrict" } },
  };
  const unclash = createUnclash({ store: createMemoryStore(), collections: { categories } });
  const send = (line: string, json?: object) => ask(unclash, line, { ...(json && { json }) });
  expect(await send("POST /categories", { id: "root", parent: "root" })).toMatchObject({ status: 201 });
  expect(await send("POST /categories", { id: "child", parent: "root" })).toMatchObject({ status: 201 });
  expect(bodyOf(await send("DELETE /categories/root"))).toMatchObject({ status: 409, field: "/parent" });
  expect(await send("PATCH /categories/child", { parent: "child" })).toMatchObject({ status: 200 });
  for (const id of ["child", "root"]) expect(await send(`DELETE /categories/${id}`)).toMatchObject({ status: 204 });
});

test("who may not read a collection is not told that it is one of its resources that refers", async () => {
  const { send } = setUp("restrict", {
    authorize: (action, key) => (action === "read" && key === "orders/*" ? "hide" : "allow"),
  });
  await send(...product("p1"));
  await send("POST /orders", { product: "p1" });
  const { detail, field } = bodyOf(await send("DELETE /products/p1"));
  expect([field, detail]).toEqual([undefined, "products/p1 can't be deleted while others refer to it."]);
});

test("a record that was left behind while references did not restrict blocks nothing, and is removed", async () => {
  const strict = setUp("restrict");
  const lax = setUp("ignore", { store: strict.store });
  for (const id of ["p1", "p2"]) await strict.send(...product(id));
  for (let at = 0; at < 150; at++) await strict.send("POST /orders", { id: `o${at}`, product: "p1" });
  for (let at = 0; at < 100; at++) await lax.send(`DELETE /orders/o${at}`);
  for (let at = 100; at < 149; at++) await lax.send(`PATCH /orders/o${at}`, { product: "p2" });
  expect(await strict.send("DELETE /products/p1")).toMatchObject({ status: 409 });
  await lax.send("PATCH /orders/o149", { product: "p2" });

  const [before, ofCommits] = [await strict.recordsOf("p1"), strict.commits.length];
  expect(await strict.send("DELETE /products/p1", undefined, { prefer: "dry-run" })).toMatchObject({ status: 204 });
  expect([await strict.recordsOf("p1"), strict.commits.length]).toEqual([before, ofCommits]);
  expect(await strict.send("DELETE /products/p1")).toMatchObject({ status: 204 });
  expect(await strict.recordsOf("p1")).toBe(0);
});

test("what was written before references restricted counts once it is indexed, while others write", async () => {
  const lax = setUp("ignore");
  for (const id of ["p1", "p2", "p3"]) await lax.send(...product(id));
  for (let at = 0; at < 300; at++) await lax.send("POST /orders", { id: `o${at}`, product: "p1", spare: "p2" });
  await lax.send("DELETE /orders/o299");
  // Each commit of many finds one of its resources changed meanwhile, once.
  const moved = new Set<string>();
  const store: Store = {
    ...lax.store,
    async commit(commit) {
      const first = commit.reads.flatMap((reading) => ("key" in reading ? [reading.key] : [])).at(0);
      if (commit.reads.length > 1 && first !== undefined && !moved.has(first)) {
        moved.add(first);
        await lax.send(`PATCH /${first}`, { product: "p3" });
      }
      return lax.store.commit(commit);
    },
  };
  const strict = setUp("restrict", { store });
  expect(await strict.send("DELETE /products/p1", undefined, { prefer: "dry-run" })).toMatchObject({ status: 204 });
  expect(await strict.index()).toBe(2 * 299);
  expect(moved.size).toBeGreaterThan(2);
  expect(await Promise.all(["p1", "p2", "p3"].map(strict.recordsOf))).toEqual([299 - moved.size, 299, moved.size]);
  for (const id of ["p1", "p2", "p3"])
    expect(await strict.send(`DELETE /products/${id}`)).toMatchObject({ status: 409 });

  const { length } = strict.commits;
  expect(await strict.index()).toBe(0);
  expect(strict.commits).toHaveLength(length);
});

/** A store whose every commit about references loses a race, and takes 10 ms for that. */
function alwaysLosing(store: Store): Store {
  const pass = stopProcessTime();
  let lost = 0;
  return {
    ...store,
    async commit(commit) {
      if (commit.cause !== "reference") return store.commit(commit);
      lost += 1;
      pass(10);
      if (lost > 100) throw new Error("There is no end to it.");
      return { kind: "clash", clashes: [] };
    },
  };
}

test("a deletion that can't remove what was left behind is 503 after a time, and nothing is deleted", async () => {
  const strict = setUp("restrict");
  const lax = setUp("ignore", { store: strict.store });
  await strict.send(...product("p1"));
  await strict.send("POST /orders", { id: "o1", product: "p1" });
  await lax.send("DELETE /orders/o1");
  const losing = setUp("restrict", { store: alwaysLosing(strict.store), requestLimits: { contendedWriteMs: 25 } });
  const refused = await losing.send("DELETE /products/p1");
  expect(refused).toMatchObject({ status: 503, headers: { "retry-after": "1" } });
  expect(bodyOf(refused)).toMatchObject({ outcome: "not-applied" });
  expect(losing.commits).toHaveLength(3);
  expect(await strict.send("GET /products/p1")).toMatchObject({ status: 200 });
});

test("references of a resource that others change on each try are not indexed, and that is told", async () => {
  const lax = setUp("ignore");
  await lax.send(...product("p1"));
  for (const id of ["o1", "o2"]) await lax.send("POST /orders", { id, product: "p1" });
  const losing = setUp("restrict", { store: alwaysLosing(lax.store), requestLimits: { contendedWriteMs: 25 } });
  await expect(losing.index()).rejects.toThrow(/^Others kept changing orders\/o1 /);
  expect(losing.commits).toHaveLength(1 + 3);
});

test("a process that does not know a field leaves the records of its references to those that do", async () => {
  const newer = setUp("restrict");
  const commits: Commit[] = [];
  const store: Store = {
    ...newer.store,
    commit: (commit) => {
      commits.push(commit);
      return newer.store.commit(commit);
    },
  };
  const orders = { ...anything, references: { product: { collection: "products", onDelete: "restrict" } } } as const;
  const older = createUnclash({ store, collections: { products: anything, orders } });
  await newer.send(...product("p1"));
  for (let at = 0; at < 100; at++) await newer.send("POST /orders", { id: `o${at}`, spare: "p1" });
  await newer.send("POST /orders", { id: "known", product: "p1" });
  expect(await ask(older, "DELETE /products/p1")).toMatchObject({ status: 409 });
  await newer.send("DELETE /orders/known");
  expect(await ask(older, "DELETE /products/p1")).toMatchObject({ status: 204 });
  const seen = commits.at(-1)?.reads.map((reading) => ("range" in reading ? reading.seen.length : undefined));
  expect([seen, await newer.recordsOf("p1")]).toEqual([[64, 36], 100]);
  await newer.send("PUT /products/p1", {});
  expect(bodyOf(await newer.send("DELETE /products/p1"))).toMatchObject({ status: 409, field: "/spare" });
});

test("where nothing restricts deletions, there is nothing to index", async () => {
  const { send, index, commits } = setUp("ignore");
  await send(...product("p1"));
  await send("POST /orders", { product: "p1" });
  expect(await index()).toBe(0);
  expect(commits).toHaveLength(2);
});
