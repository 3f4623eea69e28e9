import { createMemoryStore } from "@unclash/memory";
import { afterEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { ask, bodyOf } from "../ask.test-support.js";
import { apiVersions } from "../states/api-versions.js";
import { createUnclash, type Unclash } from "../unclash.js";
import { collection } from "./collection-options.js";

const first = z.object({ content: z.string(), mood: z.string().optional() });
const newest = z.object({ body: z.string().trim(), tags: z.array(z.string()).default([]) });
const api = apiVersions({ name: "shop", default: "v2", versions: { v1: {}, v2: {} } });

type Down = (fields: { readonly body: string }) => { readonly content: string; readonly mood?: string };

function engine(down: Down): Unclash {
  const step = api.step("v1", "v2", {
    from: first,
    to: newest,
    up: ({ content }) => ({ body: content, tags: [] }),
    down,
  });
  const articles = collection({ schema: newest, preconditions: { required: false }, apiVersions: [step] });
  return createUnclash({ store: createMemoryStore(), collections: { articles }, apiVersions: api });
}

const sound: Down = ({ body }) => ({ content: body });

describe("a write in an earlier API version", () => {
  const emitted = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  afterEach(() => emitted.mockClear());

  it.each<[string, Down, object, string]>([
    ["`down` gives something else", ({ body }) => ({ content: `${body}!` }), { content: "a" }, "/content"],
    ["`down` gives something else each time", () => ({ content: `${Math.random()}` }), { content: "a" }, "/content"],
    ["`down` gives more", ({ body }) => ({ content: body, mood: "sad" }), { content: "a" }, "/mood"],
    ["`up` drops something", sound, { content: "a", mood: "glad" }, "/mood"],
    ["the newest schema changes it", sound, { content: " a " }, "/content"],
  ])("is warned of once where it is read back as something else: %s", async (_, down, json, pointer) => {
    const unclash = engine(down);
    for (const id of ["1", "2"]) {
      expect(await ask(unclash, `PUT /v1/articles/${id}`, { json })).toMatchObject({ status: 201 });
      await ask(unclash, `PATCH /v1/articles/${id}`, { json });
    }
    const text = expect.stringContaining(`in API version v1 is read back in it as something else, at ${pointer}.`);
    expect(emitted.mock.calls).toEqual([[text, { type: "UnclashWarning", code: "UNCLASH_OTHER_CONTENT" }]]);
  });

  it("is not warned of where it is read back as it was sent, with more in later versions", async () => {
    const unclash = engine(sound);
    await ask(unclash, "PUT /articles/1", { json: { body: " a ", tags: ["x"] } });
    const { id: _, version: __, ...read } = bodyOf(await ask(unclash, "GET /v1/articles/1"));
    for (const json of [read, { content: "b" }]) await ask(unclash, "PUT /v1/articles/1", { json });
    await ask(unclash, "POST /v1/articles", { json: { content: "c" } });
    await ask(unclash, "DELETE /v1/articles/1");
    expect(emitted).not.toHaveBeenCalled();
  });
});

describe("an engine whose default version has ended", () => {
  it("warns of it at its start", () => {
    const emitted = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const ended = { deprecatedAt: "2024-01-01", sunsetAt: "2025-01-01" };
    const old = apiVersions({ name: "shop", default: "v1", versions: { v1: ended, v2: {} } });
    createUnclash({ store: createMemoryStore(), collections: { articles: { schema: newest } }, apiVersions: old });
    const code = "UNCLASH_DEFAULT_ENDED";
    const text = expect.stringMatching(/^apiVersions.default is v1, whose sunsetAt was 2025-01-01T00:00:00.000Z: /);
    expect(emitted.mock.calls).toEqual([[text, { type: "UnclashWarning", code }]]);
    emitted.mockRestore();
  });
});
