import type { Store } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import { expect, test } from "vitest";
import { z } from "zod";
import { ask, bodyOf } from "../ask.test-support.js";
import { collection } from "../resources/collection-options.js";
import { apiVersions } from "../states/api-versions.js";
import { createUnclash, type Unclash } from "../unclash.js";

const api = apiVersions({ name: "shop", default: "v2", versions: { v1: {}, v2: {} } });
const first = z.object({ content: z.string(), author: z.string(), note: z.string().optional() });
const newest = z.object({
  body: z.string(),
  author: z.object({ name: z.string(), mail: z.string().optional() }),
  note: z.string().optional(),
});

const articles = collection({
  schema: newest,
  preconditions: { required: false },
  apiVersions: [
    api.step("v1", "v2", {
      from: first,
      to: newest,
      up: ({ content, author, ...others }) => ({ ...others, body: content, author: { name: author } }),
      // As an app may write it that has not thought of states without their author.
      down: ({ body, author, ...others }) => ({ ...others, content: body, author: author.name }),
      renames: { "/content": "/body", "/author": "/author/name" },
    }),
  ],
});

function engine(store: Store): Unclash {
  const admin = { name: "admin", role: "admin" } as const;
  return createUnclash({ store, collections: { articles }, apiVersions: api, identify: () => admin });
}

async function withPast() {
  const unclash = engine(createMemoryStore());
  const json = { body: "a", author: { name: "Ann", mail: "ann@example.org" }, note: "n" };
  const put = { json, headers: { "idempotency-key": "k" } };
  await ask(unclash, "PUT /articles/1", put);
  await ask(unclash, "PUT /articles/1", { json: { ...json, body: "b" } });
  return { unclash, put };
}

function redact(unclash: Unclash, path: string, ...paths: string[]) {
  return ask(unclash, `POST ${path}/articles/1/versions/1/redact`, { json: { paths } });
}

test("a redaction names members as the caller's API version does, and is told in the names of each", async () => {
  const { unclash, put } = await withPast();
  const answer = await redact(unclash, "/v1", "/author", "/note");
  expect(bodyOf(answer)).toEqual({ id: "1", version: 1, content: "a" });
  const left = { id: "1", version: 1, body: "a", author: { mail: "ann@example.org" } };
  expect(bodyOf(await ask(unclash, "GET /articles/1/versions/1"))).toEqual(left);
  expect(bodyOf(await ask(unclash, "PUT /articles/1", put))).toEqual(left);
  const toldIn = async (path: string) => bodyOf(await ask(unclash, `GET ${path}/articles/1/versions`))["items"];
  expect(await toldIn("")).toMatchObject([{}, { redactions: [{ paths: ["/author/name", "/note"] }] }]);
  expect(await toldIn("/v1")).toMatchObject([{}, { redactions: [{ paths: ["/author", "/note"] }] }]);
});

test("a redacted state has the same shape as before, and a new entity-tag in each API version", async () => {
  const { unclash } = await withPast();
  const tags = async () => [
    (await ask(unclash, "GET /articles/1/versions/1")).headers["etag"],
    (await ask(unclash, "GET /v1/articles/1/versions/1")).headers["etag"],
  ];
  const before = await tags();
  const answer = await redact(unclash, "", "/note");
  const after = await tags();
  expect(after.filter((tag) => before.includes(tag))).toEqual([]);
  expect(after[1]).toBe(`${after[0]?.slice(0, -1)}.v1"`);
  expect(answer.headers["etag"]).toBe(after[0]);
});

test("what its steps can't convert is redacted all the same", async () => {
  const { unclash } = await withPast();
  expect(await redact(unclash, "", "/author")).toMatchObject({ status: 200 });
  expect(bodyOf(await ask(unclash, "GET /articles/1/versions/1"))).toEqual({
    id: "1",
    version: 1,
    body: "a",
    note: "n",
  });
  await expect(ask(unclash, "GET /v1/articles/1/versions/1")).rejects.toThrow("apiVersions.v1.down");
  expect(await redact(unclash, "/v1", "/note")).toMatchObject({ status: 204 });
  expect(bodyOf(await ask(unclash, "GET /articles/1/versions/1"))).toEqual({ id: "1", version: 1, body: "a" });
});

test.each(["/authors", "/author/mail", "/id", ""])(
  "a member that the version does not have is 422: %j",
  async (path) => {
    const { unclash } = await withPast();
    const problem = bodyOf(await redact(unclash, "/v1", path));
    expect(problem).toMatchObject({ status: 422, errors: [{ pointer: "/paths/0" }] });
  },
);
