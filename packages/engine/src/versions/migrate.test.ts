import { setTimeout as pause } from "node:timers/promises";
import { createMemoryStore } from "@unclash/memory";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { ask, bodyOf } from "../ask.test-support.js";
import type { UnclashOptions } from "../options.js";
import { collection } from "../resources/collection-options.js";
import { apiVersions } from "../states/api-versions.js";
import { createUnclash, type Unclash } from "../unclash.js";

const first = z.object({ content: z.string(), code: z.string().optional() });
const newest = z.object({ body: z.string(), sku: z.string().optional() });
const before = apiVersions({ name: "shop", default: "v1", versions: { v1: {} } });
const api = apiVersions({ name: "shop", default: "v2", versions: { v1: {}, v2: {} } });

const step = api.step("v1", "v2", {
  from: first,
  to: newest,
  up: ({ content, code }) => {
    if (content === "broken") throw new Error("no way");
    return { body: content, ...(code !== undefined && { sku: code }) };
  },
  down: ({ body, sku }) => ({ content: body, ...(sku !== undefined && { code: sku }) }),
  renames: { "/content": "/body", "/code": "/sku" },
});

const articles = collection({ schema: newest, unique: ["sku"], apiVersions: [step] });

type Store = UnclashOptions["store"];

async function oldStore(contents: readonly z.infer<typeof first>[]): Promise<Store> {
  const store = createMemoryStore();
  const unclash = createUnclash({ store, collections: { articles: { schema: first } }, apiVersions: before });
  for (const [at, json] of contents.entries()) {
    await ask(unclash, `PUT /articles/${at + 1}`, { json, headers: { "if-none-match": "*" } });
  }
  return store;
}

function later(store: Store): Unclash {
  return createUnclash({ store, collections: { articles }, apiVersions: api });
}

async function texts(store: Store): Promise<readonly unknown[]> {
  const { records } = await store.list({ prefix: "articles/", limit: 100 });
  return records.map(({ text }) => JSON.parse(text ?? "null"));
}

describe("a migration", () => {
  it("rewrites what is stored in an old shape, once", async () => {
    const store = await oldStore([{ content: "a", code: "x" }, { content: "b" }]);
    const unclash = later(store);
    const progress: number[] = [];
    const done = await unclash.migrate("articles", { onProgress: ({ rewritten }) => progress.push(rewritten) });
    expect(done).toEqual({ looked: 2, rewritten: 2, blocked: [], blockedCount: 0 });
    expect(progress).toEqual([2]);
    expect(await texts(store)).toEqual([
      { id: "1", version: 2, body: "a", sku: "x" },
      { id: "2", version: 2, body: "b" },
    ]);
    expect(await unclash.migrate("articles")).toMatchObject({ looked: 2, rewritten: 0 });
    const history = bodyOf(await ask(unclash, "GET /articles/1/versions"))["items"];
    expect(history).toMatchObject([
      { version: 2, cause: "migrate" },
      { version: 1, cause: "create" },
    ]);
  });

  it("leaves the entity-tags good that clients hold, in each version", async () => {
    const store = await oldStore([{ content: "a" }, { content: "b" }]);
    const unclash = later(store);
    const tagOf = async (path: string) => (await ask(unclash, `GET ${path}`)).headers["etag"] ?? "";
    const held = { v1: await tagOf("/v1/articles/1"), v2: await tagOf("/articles/2") };
    await unclash.migrate("articles");
    expect(await tagOf("/articles/1")).not.toBe(held.v1);
    const patch = (path: string, tag: string, json: object) =>
      ask(unclash, `PATCH ${path}`, { json, headers: { "if-match": tag } });
    expect(await patch("/v1/articles/1", held.v1, { content: "c" })).toMatchObject({ status: 200 });
    expect(await patch("/articles/2", held.v2, { body: "c" })).toMatchObject({ status: 200 });
    expect(await patch("/articles/2", held.v2, { body: "d" })).toMatchObject({ status: 409 });
  });

  it("makes unique fields count, and says what can't be rewritten, and why", async () => {
    const store = await oldStore([{ content: "a", code: "x" }, { content: "b", code: "x" }, { content: "broken" }]);
    const unclash = later(store);
    const { blocked, ...counts } = await unclash.migrate("articles");
    expect(counts).toEqual({ looked: 3, rewritten: 1, blockedCount: 2 });
    const holder = /its value of `sku` is that of articles\/[12]/;
    expect(blocked).toEqual([
      { resource: expect.stringMatching(/^articles\/[12]$/), reason: expect.stringMatching(holder) },
      { resource: "articles/3", reason: expect.stringContaining("collections.articles.apiVersions.v1.up") },
    ]);
    const taken = await ask(unclash, "POST /articles", { json: { body: "c", sku: "x" } });
    expect(bodyOf(taken)).toMatchObject({ status: 409, field: "/sku" });
  });

  it("runs beside writers and other migrations, and loses nothing of either", async () => {
    const store = await oldStore(Array.from({ length: 30 }, (_, at) => ({ content: `${at + 1}` })));
    const [one, other] = [later(store), later(store)];
    const write = async (at: number) => {
      const { headers } = await ask(one, `GET /v1/articles/${at + 1}`);
      const patch = { json: { content: `${at + 1}!` }, headers: { "if-match": headers["etag"] ?? "" } };
      return (await ask(one, `PATCH /v1/articles/${at + 1}`, patch)).status;
    };
    const writes = Array.from({ length: 30 }, (_, at) => write(at));
    await Promise.all([one.migrate("articles"), other.migrate("articles")]);
    expect(new Set(await Promise.all(writes))).toEqual(new Set([200]));
    const bodies = (await texts(store)).map((text) => String(Reflect.get(Object(text), "body")));
    expect(bodies.sort()).toEqual(Array.from({ length: 30 }, (_, at) => `${at + 1}!`).sort());
  });

  it("ends between two steps where its signal says so, and goes on when it is called again", async () => {
    const store = await oldStore(Array.from({ length: 150 }, () => ({ content: "a" })));
    const end = new AbortController();
    const unclash = later(store);
    const cut = await unclash.migrate("articles", { signal: end.signal, onProgress: () => end.abort() });
    expect(cut).toMatchObject({ looked: 100, rewritten: 100 });
    expect(await unclash.migrate("articles")).toMatchObject({ looked: 150, rewritten: 50 });
  });

  it.each([
    ["another name", "article", undefined, 'must be given the name of a collection (did you mean "articles"?)'],
    ["a wrong option", "articles", { onProgres: () => {} }, "onProgres"],
  ])("refuses %s", async (_, name, options, text) => {
    await expect(later(createMemoryStore()).migrate(name, Object(options))).rejects.toThrow(text);
  });
});

describe("the start of an engine", () => {
  it("warns of what is stored in old shapes, until that is rewritten", async () => {
    const store = await oldStore([{ content: "a" }]);
    const unclash = later(store);
    const warnings: string[] = [];
    const listen = (warning: Error) => {
      if (Reflect.get(warning, "code") === "UNCLASH_OLD_SHAPES") warnings.push(warning.message);
    };
    process.on("warning", listen);
    const startAndClose = async (engine: Unclash) => {
      engine.start();
      await pause(20);
      await engine.close();
    };
    await startAndClose(unclash);
    const what = "Of 1 resources of articles, 1 are stored in the shape of an earlier API version";
    expect(warnings).toEqual([expect.stringContaining(what)]);
    await later(store).migrate("articles");
    await startAndClose(later(store));
    process.off("warning", listen);
    expect(warnings).toHaveLength(1);
  });
});

describe("the use of API versions", () => {
  it("counts who calls which, the last one first", async () => {
    const identify: NonNullable<UnclashOptions["identify"]> = ({ headers }) =>
      headers["x-name"] === undefined ? null : { name: String(headers["x-name"]) };
    const ending = apiVersions({
      name: "shop",
      default: "v2",
      versions: { v1: { deprecatedAt: "2026-01-01", sunsetAt: "2999-01-01" }, v2: {}, v3: { upcoming: true } },
    });
    const store = createMemoryStore();
    const unclash = createUnclash({ store, collections: { articles }, apiVersions: ending, identify });
    const get = (path: string, name?: string) =>
      ask(unclash, `GET ${path}`, { headers: name === undefined ? {} : { "x-name": name } });
    await get("/v1/articles", "ann");
    await get("/v1/articles", "bob");
    await get("/v1/articles", "ann");
    await get("/articles");
    await get("/elsewhere", "ann");
    expect(unclash.apiVersionUse()).toMatchObject([
      {
        version: "v1",
        state: "deprecated",
        successor: "v2",
        sunsetAt: new Date("2999-01-01"),
        requests: 3,
        callers: [
          { actor: "ann", requests: 2 },
          { actor: "bob", requests: 1 },
        ],
      },
      { version: "v2", isDefault: true, state: "offered", requests: 1, callers: [{ actor: undefined, requests: 1 }] },
      { version: "v3", state: "upcoming", requests: 0, callers: [] },
    ]);
  });
});
