import { createMemoryStore } from "@unclash/memory";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type Asked, ask, bodyOf } from "../ask.test-support.js";
import type { UnclashOptions } from "../options.js";
import { collection } from "../resources/collection-options.js";
import { apiVersions } from "../states/api-versions.js";
import { createUnclash, type Unclash } from "../unclash.js";

const first = z.object({ content: z.string(), state: z.enum(["new", "live"]), code: z.string().optional() });
const newest = z.object({
  body: z.string().max(20),
  status: z.enum(["draft", "published"]),
  sku: z.string().optional(),
  rating: z.number().optional(),
});
const states = { new: "draft", live: "published" } as const;
const former = { draft: "new", published: "live" } as const;

function api(v1: { readonly deprecatedAt?: string; readonly sunsetAt?: string } = {}) {
  return apiVersions({ name: "shop", default: "v2", versions: { v1, v2: {} } });
}

const articles = collection({
  schema: newest,
  unique: ["sku"],
  states: { status: { initial: ["draft"], transitions: { draft: ["published"] } } },
  conflicts: { allowedStrategies: "all", discloseCurrent: true },
  apiVersions: [
    api().step("v1", "v2", {
      from: first,
      to: newest,
      up: ({ content, state, code }) => ({ body: content, status: states[state], ...(code && { sku: code }) }),
      down: ({ body, status, sku }) => ({ content: body, state: former[status], ...(sku && { code: sku }) }),
      renames: { "/content": "/body", "/state": "/status", "/code": "/sku" },
    }),
  ],
});

const notes = collection({ schema: z.looseObject({}), preconditions: { required: false } });
const written = { body: "Hello", status: "draft", rating: 5 } as const;

function engine(options: Partial<UnclashOptions> = {}): Unclash {
  return createUnclash({
    store: createMemoryStore(),
    collections: { articles, notes },
    apiVersions: api(),
    ...options,
  });
}

/** An engine with one article of v2. */
async function withArticle(options: Partial<UnclashOptions> = {}) {
  const unclash = engine(options);
  const { headers } = await ask(unclash, "PUT /articles/1", { json: written, headers: { "if-none-match": "*" } });
  return { unclash, etag: headers["etag"] ?? "" };
}

const inV1: Asked["headers"] = { "api-version": "v1" };

describe("a read", () => {
  it("answers the same in an earlier version, however that is chosen", async () => {
    const { unclash } = await withArticle();
    const ways = [
      await ask(unclash, "GET /v1/articles/1"),
      await ask(unclash, "GET /articles/1", { headers: inV1 }),
      await ask(unclash, "GET /articles/1", { headers: { accept: "application/vnd.shop.v1+json" } }),
    ];
    const bodies = ways.map(({ status, body }) => `${status} ${body}`);
    expect(new Set(bodies)).toEqual(new Set(['200 {"id":"1","version":1,"content":"Hello","state":"new"}']));
    expect(ways.map(({ headers }) => headers["api-version"])).toEqual([undefined, "v1", "v1"]);
    expect(ways.map(({ headers }) => headers["vary"]?.includes("accept, api-version"))).toEqual([false, true, true]);
    expect(ways.map(({ headers }) => headers["content-type"])).toEqual([
      "application/json; charset=utf-8",
      "application/json; charset=utf-8",
      "application/vnd.shop.v1+json",
    ]);
  });

  it("has an entity-tag for each version, and each is good in If-Match", async () => {
    const { unclash, etag } = await withArticle();
    const old = (await ask(unclash, "GET /v1/articles/1")).headers["etag"] ?? "";
    expect(old).toBe(`${etag.slice(0, -1)}.v1"`);
    for (const [path, tag, status] of [
      ["/articles/1", etag, 304],
      ["/articles/1", old, 200],
      ["/v1/articles/1", old, 304],
      ["/v1/articles/1", etag, 200],
    ] as const) {
      expect(await ask(unclash, `GET ${path}`, { headers: { "if-none-match": tag } })).toMatchObject({ status });
    }
    const changed = { json: { ...written, body: "Hi" }, headers: { "if-match": old } };
    expect(await ask(unclash, "PUT /articles/1", changed)).toMatchObject({ status: 200 });
  });

  it("shows lists, histories and differences in the caller's version", async () => {
    const { unclash, etag } = await withArticle();
    await ask(unclash, "PATCH /articles/1", { json: { body: "Hi", rating: 4 }, headers: { "if-match": etag } });
    const list = bodyOf(await ask(unclash, "GET /v1/articles"))["items"];
    const tag = expect.stringMatching(/^"2-.*\.v1"$/);
    expect(list).toEqual([{ id: "1", version: 2, content: "Hi", state: "new", etag: tag }]);
    const history = bodyOf(await ask(unclash, "GET /v1/articles/1/versions"))["items"];
    expect(history).toMatchObject([
      { version: 2, etag: tag },
      { version: 1, etag: expect.stringMatching(/\.v1"$/) },
    ]);
    expect(bodyOf(await ask(unclash, "GET /v1/articles/1/versions/1"))).toMatchObject({ content: "Hello" });
    const patch = bodyOf(await ask(unclash, "GET /v1/articles/1/diff?from=1&to=2"));
    expect(patch).toEqual([{ op: "replace", path: "/content", value: "Hi" }]);
  });

  it("links within the version of its path", async () => {
    const { unclash } = await withArticle();
    const { headers } = await ask(unclash, "GET /v1/articles/1");
    expect(headers["link"]).toContain('</v1/articles/1/versions>; rel="version-history"');
    const made = await ask(unclash, "POST /v1/articles", { json: { id: "2", content: "x", state: "new" } });
    expect(made.headers).toMatchObject({ location: "/v1/articles/2", "content-location": "/v1/articles/2" });
  });
});

describe("a write", () => {
  it("keeps what its version does not know", async () => {
    const { unclash, etag } = await withArticle();
    const put = { json: { content: "Hi", state: "new" }, headers: { "if-match": etag } };
    const answer = await ask(unclash, "PUT /v1/articles/1", put);
    expect(answer).toMatchObject({ status: 200, body: '{"id":"1","version":2,"content":"Hi","state":"new"}' });
    expect(bodyOf(await ask(unclash, "GET /articles/1"))).toMatchObject({ ...written, body: "Hi" });
    const patch = { json: { content: "Ho" }, headers: { "if-match": answer.headers["etag"] ?? "" } };
    expect(bodyOf(await ask(unclash, "PATCH /v1/articles/1", patch))).toMatchObject({ content: "Ho" });
    expect(bodyOf(await ask(unclash, "GET /articles/1"))).toMatchObject({ ...written, body: "Ho" });
  });

  it("changes nothing where it brings back what was read", async () => {
    const { unclash, etag } = await withArticle();
    const { body, headers } = await ask(unclash, "GET /v1/articles/1");
    const answer = await ask(unclash, "PUT /v1/articles/1", {
      json: JSON.parse(body ?? ""),
      headers: { "if-match": headers["etag"] ?? "" },
    });
    expect(answer).toMatchObject({ status: 200, outcome: "unchanged", body });
    expect((await ask(unclash, "GET /articles/1")).headers["etag"]).toBe(etag);
  });

  it("is refused in the names of its version", async () => {
    const { unclash, etag } = await withArticle();
    await ask(unclash, "PUT /articles/2", { json: { ...written, sku: "s" }, headers: { "if-none-match": "*" } });
    const headers = { "if-match": etag };
    const put = async (json: object) => bodyOf(await ask(unclash, "PUT /v1/articles/1", { json, headers }));
    expect(await put({ content: 1, state: "new" })).toMatchObject({ status: 422, errors: [{ pointer: "/content" }] });
    const long = { content: "far more than twenty letters", state: "new" };
    expect(await put(long)).toMatchObject({ status: 422, errors: [{ pointer: "/content" }] });
    const taken = { content: "x", state: "new", code: "s" };
    const duplicate = { field: "/code", detail: "The value of code is taken.", holder: "articles/2" };
    expect(await put(taken)).toMatchObject({ status: 409, ...duplicate });
    const live = { content: "x", state: "live" };
    expect(await put(live)).toMatchObject({ content: "x", state: "live" });
    const back = { "if-match": (await ask(unclash, "GET /articles/1")).headers["etag"] ?? "" };
    const fault = bodyOf(await ask(unclash, "PATCH /v1/articles/1", { json: { state: "new" }, headers: back }));
    expect(fault).toMatchObject({ field: "/state", from: "live", to: "new", allowed: [] });
    expect(fault["detail"]).toBe('state can\'t go from "live" to "new".');
  });

  it("meets conflicts that are told in the names of its version", async () => {
    const { unclash, etag } = await withArticle();
    await ask(unclash, "PATCH /articles/1", { json: { body: "Hi", rating: 4 }, headers: { "if-match": etag } });
    const stale = { json: { content: "Ho", state: "new" }, headers: { "if-match": etag } };
    expect(bodyOf(await ask(unclash, "PUT /v1/articles/1", stale))).toMatchObject({
      status: 409,
      conflictingFields: ["/content"],
      changes: [{ op: "replace", path: "/content", value: "Hi" }],
      current: { version: 2, etag: expect.stringContaining(".v1"), representation: { content: "Hi", state: "new" } },
      links: { resource: "/v1/articles/1" },
    });
    const same = { json: { content: "Hi", state: "new" }, headers: { "if-match": etag } };
    expect(bodyOf(await ask(unclash, "PUT /v1/articles/1", same))).toMatchObject({ identical: true });
  });

  it("is repeated by its key in the version in which it was sent, and in no other", async () => {
    const { unclash, etag } = await withArticle();
    const headers = { "if-match": etag, "idempotency-key": "a-key-of-sixteen-letters" };
    const json = { content: "Hi", state: "new" };
    const answer = await ask(unclash, "PUT /v1/articles/1", { json, headers });
    await ask(unclash, "PATCH /articles/1", { json: { body: "Ho" }, headers: { "if-match": "*" } });
    const repeated = await ask(unclash, "PUT /articles/1", { json, headers: { ...headers, ...inV1 } });
    expect(repeated).toMatchObject({ status: 200, body: answer.body });
    expect(repeated.headers).toMatchObject({ "idempotency-replayed": "true", etag: answer.headers["etag"] });
    expect(await ask(unclash, "PUT /articles/1", { json, headers })).toMatchObject({ status: 422 });
  });

  it("may have the media type of its version, and of no other", async () => {
    const { unclash } = await withArticle();
    const json = { content: "x", state: "new" };
    const post = (path: string, type: string) =>
      ask(unclash, `POST ${path}`, { json, headers: { "content-type": `application/${type}` } });
    expect(await post("/v1/articles", "vnd.shop.v1+json")).toMatchObject({ status: 201 });
    const refused = await post("/articles", "vnd.shop.v1+json");
    expect(refused).toMatchObject({ status: 415 });
    expect(refused.headers["accept"]).toBe("application/json, application/vnd.shop.v2+json");
  });
});

describe("the version of a request", () => {
  it.each([
    ["GET /v9/articles/1", {}, 404, undefined],
    ["GET /articles/1", { accept: "application/vnd.shop.v9+json" }, 406, undefined],
    ["GET /articles/1", { accept: "text/html" }, 200, undefined],
    ["GET /articles/1", { "api-version": "v9" }, 400, "unknown-api-version"],
    ["GET /v1/articles/1", { "api-version": "v2" }, 400, "contradictory-api-version"],
  ])("is refused where there is none: %s %j", async (line, headers, status, code) => {
    const { unclash } = await withArticle();
    const answer = await ask(unclash, line, { headers });
    expect(answer.status).toBe(status);
    if (code !== undefined) expect(bodyOf(answer)).toMatchObject({ errors: [{ code, header: "API-Version" }] });
  });

  it("tells of its end", async () => {
    const { unclash } = await withArticle({ apiVersions: api({ deprecatedAt: "2026-01-01", sunsetAt: "2999-01-01" }) });
    expect((await ask(unclash, "GET /v1/articles/1")).headers).toMatchObject({
      deprecation: "@1767225600",
      sunset: "Tue, 01 Jan 2999 00:00:00 GMT",
      link: expect.stringContaining('</v2/articles/1>; rel="successor-version"'),
    });
  });

  it("leads on to the same state, page or difference", async () => {
    const { unclash } = await withArticle({ apiVersions: api({ deprecatedAt: "2026-01-01" }) });
    for (const target of ["/articles/1?version=1", "/articles?limit=1", "/articles/1/diff?from=1", '/articles/1?"><']) {
      const { headers } = await ask(unclash, `GET /v1${target}`);
      const encoded = target.replace('"><', "%22%3E%3C");
      expect(headers["link"]).toContain(`</v2${encoded}>; rel="successor-version"`);
    }
  });

  it("is refused once it has ended, and its entity-tags stay good", async () => {
    const store = createMemoryStore();
    const { unclash } = await withArticle({ store });
    const old = (await ask(unclash, "GET /v1/articles/1")).headers["etag"] ?? "";
    const ended = engine({ store, apiVersions: api({ deprecatedAt: "2026-01-01", sunsetAt: "2026-01-02" }) });
    const answer = await ask(ended, "GET /v1/articles/1");
    expect(answer).toMatchObject({ status: 410, outcome: "api-version-ended" });
    expect(bodyOf(answer)).toMatchObject({ links: { successor: "/v2/articles/1" } });
    const patch = { json: { body: "Hi" }, headers: { "if-match": old } };
    expect(await ask(ended, "PATCH /articles/1", patch)).toMatchObject({ status: 200 });
  });
});

describe("two releases on one store", () => {
  const upcoming = apiVersions({ name: "shop", default: "v1", versions: { v1: {}, v2: { upcoming: true } } });

  it("refuses for now what a later one has written", async () => {
    const store = createMemoryStore();
    await withArticle({ store });
    const { schema, unique } = articles;
    const before = createUnclash({ store, collections: { articles: { schema, unique: unique ?? [] } } });
    for (const line of ["GET /articles/1", "GET /articles", "DELETE /articles/1"]) {
      const answer = await ask(before, line, { headers: { "if-match": "*" } });
      expect(answer).toMatchObject({ status: 503, headers: { "retry-after": "1" } });
    }
  });

  it("never stores an older shape over a newer one, and no newer one before its time", async () => {
    const store = createMemoryStore();
    const { unclash, etag } = await withArticle({ store });
    const before = engine({ store, apiVersions: upcoming });
    expect(bodyOf(await ask(before, "GET /articles/1"))).toMatchObject({ content: "Hello", state: "new" });
    const patch = { json: { content: "Hi" }, headers: { "if-match": etag } };
    expect(await ask(before, "PATCH /articles/1", patch)).toMatchObject({ status: 200 });
    expect(bodyOf(await ask(unclash, "GET /articles/1"))).toMatchObject({ ...written, body: "Hi" });
    const made = await ask(before, "POST /articles", { json: { id: "2", content: "x", state: "new" } });
    expect(made.headers["etag"]).toMatch(/^"1-.{16}"$/);
    expect((await ask(unclash, "GET /articles/2")).headers["etag"]).toMatch(/^"1-.{16}\.v2"$/);
    expect(bodyOf(await ask(unclash, "GET /articles/2"))).toMatchObject({ body: "x", status: "draft" });
  });
});
