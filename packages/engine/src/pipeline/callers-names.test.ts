import type { ResponsePlan } from "@unclash/core";
import { createMemoryStore } from "@unclash/memory";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type Asked, ask, bodyOf } from "../ask.test-support.js";
import { type CollectionOptions, collection } from "../resources/collection-options.js";
import { apiVersions } from "../states/api-versions.js";
import { createUnclash, type Unclash } from "../unclash.js";

const first = z.object({
  content: z.string(),
  author: z.object({ name: z.string(), town: z.string() }).optional(),
  state: z.enum(["new", "live", "odd"]),
});
const newest = z.object({
  body: z.string().max(20),
  by: z.string().max(20).optional(),
  status: z.enum(["draft", "published"]),
  slug: z.string().optional(),
  stage: z.enum(["a", "b"]).optional(),
});

const states = { new: "draft", live: "published", odd: "draft" } as const;
const former = { draft: "new", published: "live" } as const;

/** What `down` was given. */
const seen: unknown[] = [];

const api = apiVersions({ name: "shop", default: "v2", versions: { v1: {}, v2: {} } });
const step = api.step("v1", "v2", {
  from: first,
  to: newest,
  up: ({ content, author, state }) => ({
    body: content,
    status: states[state],
    slug: content.toLowerCase(),
    ...(author && { by: `${author.name} of ${author.town}` }),
  }),
  down(fields) {
    seen.push(fields);
    const { body, by, status } = fields;
    const [name = "", town = ""] = by?.split(" of ") ?? [];
    return { content: body, state: former[status], ...(by && { author: { name, town } }) };
  },
  renames: { "/content": "/body", "/state": "/status", "/author": "/by" },
});
const written = { body: "Hello", by: "Ann of Bonn", status: "draft" } as const;

function engine(options: Partial<CollectionOptions> = {}): Unclash {
  const articles = { ...collection({ schema: newest, unique: ["slug"], apiVersions: [step] }), ...options };
  const identify = () => ({ name: "ed", role: "admin" }) as const;
  return createUnclash({ store: createMemoryStore(), collections: { articles }, apiVersions: api, identify });
}

async function made(unclash: Unclash, json: object, id = "1"): Promise<string> {
  const { headers } = await ask(unclash, `PUT /articles/${id}`, { json, headers: { "if-none-match": "*" } });
  return headers["etag"] ?? "";
}

const post = (unclash: Unclash, json: object): Promise<ResponsePlan> => ask(unclash, "POST /v1/articles", { json });

describe("what is refused in the newest shape", () => {
  it("names how a resource may start by the values that its caller knows", async () => {
    const unclash = engine({ states: { status: { initial: ["draft"], transitions: {} } } });
    const refused = bodyOf(await post(unclash, { content: "x", state: "live" }));
    expect(refused["errors"]).toEqual([{ pointer: "/state", detail: 'A new resource must start as "new".' }]);
  });

  it("tells nothing of a field that its caller's version does not show", async () => {
    const unclash = engine({ states: { stage: { initial: ["a"], transitions: {} } } });
    const refused = bodyOf(await post(unclash, { content: "x", state: "new" }));
    expect(refused["errors"]).toEqual([{ pointer: "", detail: "A new resource can't start like this." }]);
    const other = engine();
    await made(other, { ...written, slug: "x" });
    const detail = "A value that this API version does not show is taken.";
    expect(bodyOf(await post(other, { content: "X", state: "new" }))).toMatchObject({ status: 409, field: "", detail });
  });

  it("is not given to `down`, which knows only what its schema takes", async () => {
    const unclash = engine();
    const etag = await made(unclash, written);
    const author = { name: "Somebody", town: "a town with a long name" };
    seen.length = 0;
    const put = { json: { content: "x", state: "new", author }, headers: { "if-match": etag } };
    const refused = bodyOf(await ask(unclash, "PUT /v1/articles/1", put));
    expect(refused).toMatchObject({ status: 422, errors: [{ pointer: "/author" }] });
    expect(seen.filter((fields) => !newest.safeParse(fields).success)).toEqual([]);
    expect(seen.length).toBeGreaterThan(0);
  });
});

describe("an entity-tag of another API version", () => {
  it.each([undefined, "sha-256"] as const)("names a past state too, where tags are of %s", async (entityTags) => {
    const unclash = engine({ ...(entityTags && { entityTags }) });
    const etag = await made(unclash, written);
    const old = (await ask(unclash, "GET /v1/articles/1")).headers["etag"] ?? "";
    await ask(unclash, "PATCH /articles/1", { json: { body: "Hi" }, headers: { "if-match": etag } });
    const inV1: Asked = { json: { content: "Ho", state: "new" }, headers: { "if-match": etag } };
    expect(bodyOf(await ask(unclash, "PUT /v1/articles/1", inV1))).toMatchObject({ conflictingFields: ["/content"] });
    const inV2: Asked = { json: { ...written, body: "Ho" }, headers: { "if-match": old } };
    expect(bodyOf(await ask(unclash, "PUT /articles/1", inV2))).toMatchObject({ conflictingFields: ["/body"] });
  });

  it("is known where a proxy has marked it", async () => {
    const unclash = engine();
    const marked = `W/${await made(unclash, written)}`;
    const put = { json: { content: "x", state: "new" }, headers: { "if-match": marked } };
    const { errors } = bodyOf(await ask(unclash, "PUT /v1/articles/1", put));
    expect(errors).toMatchObject([{ code: "weakened-by-a-proxy" }]);
  });
});

describe("a redaction in an earlier API version", () => {
  async function redact(path: string): Promise<ResponsePlan> {
    const unclash = engine();
    const etag = await made(unclash, written);
    await ask(unclash, "PATCH /articles/1", { json: { body: "Hi" }, headers: { "if-match": etag } });
    return ask(unclash, "POST /v1/articles/1/versions/1/redact", { json: { paths: [path] } });
  }

  it("takes out what its paths are in the shape that is stored", async () => {
    expect(await redact("/author")).toMatchObject({ status: 200, body: expect.not.stringContaining("Ann") });
  });

  it("takes out no more than it names, and is refused where a path is only a part of what is stored", async () => {
    const detail = expect.stringContaining("redact it in v2");
    expect(bodyOf(await redact("/author/town"))).toMatchObject({ status: 422, errors: [{ detail }] });
  });
});
