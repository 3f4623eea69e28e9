import { CallbackError, ConfigurationError } from "@unclash/core";
import type { JsonObject } from "@unclash/core/json";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { apiVersions } from "./api-versions.js";
import type { Schema } from "./schema.js";
import { resolveShapes, type ShapeChain } from "./shape-chain.js";
import type { ShapeStep } from "./shape-step.js";
import { chain, type First } from "./shapes.test-support.js";

const article = {
  text: { body: "hello", format: "html" },
  author: { name: "Ann", email: "ann@example.org" },
  tags: [{ label: "a", color: "red" }],
  lines: [
    { id: "1", text: "one" },
    { id: "2", text: "two", hidden: true },
  ],
};
const shown: First = { content: "hello", author: "Ann", tags: ["a"], lines: [{ id: "1", text: "one" }] };

describe("a chain of shapes", () => {
  it("converts step by step, both ways", () => {
    expect(chain.convert(article, 4, 1)).toEqual(shown);
    expect(chain.convert({ ...shown }, 1, 4)).toEqual({
      text: { body: "hello", format: "plain" },
      author: { name: "Ann" },
      tags: [{ label: "a" }],
      lines: [{ id: "1", text: "one" }],
    });
  });

  it("knows which versions have one shape, and gives fields of one as they are", () => {
    expect([1, 2, 3, 4].map((shape) => chain.isSame(2, shape))).toEqual([false, true, true, false]);
    expect(chain.convert(article, 2, 3)).toBe(article);
  });

  it("has no shape of another number", () => {
    for (const shape of [0, 5, 1.5, Number.NaN]) expect(() => chain.isSame(1, shape)).toThrow(RangeError);
  });

  it("never changes what it is given, whatever the app's functions do with theirs", () => {
    const defaults = { tags: ["none"] };
    const careless = chainOf({
      up: (fields: object) => Object.assign(fields, { title: "x" }, defaults),
      down: (fields: object) => {
        Reflect.deleteProperty(fields, "title");
        return fields;
      },
    });
    const given = { title: "old" };
    expect(careless.convert(given, 1, 2)).toEqual({ title: "x", tags: ["none"] });
    expect(careless.convert(given, 2, 1)).toEqual({});
    expect(given).toEqual({ title: "old" });
  });
});

describe("what up and down give", () => {
  it("is stored as JSON holds it", () => {
    const dated = chainOf({ up: () => ({ at: new Date(0), title: undefined }) });
    expect(dated.convert({}, 1, 2)).toEqual({ at: "1970-01-01T00:00:00.000Z" });
  });

  it.each<[string, () => unknown, string]>([
    ["a promise", async () => ({}), "must not be async: it must return a plain object"],
    ["a list", () => [], "must give a plain object, and gave an empty array"],
    ["nothing", () => undefined, "must give a plain object, and gave undefined"],
    ["a Map", () => new Map(), "must give a plain object"],
    ["a bigint", () => ({ a: 1n }), "gave 1 at /a, for which JSON has no form"],
    ["an id", () => ({ id: "1" }), 'must return fields alone, and "id" is unclash\'s own'],
    ["a throw", () => Reflect.get(Object(null), "a").b, "must convert any fields of its shape, and threw: Cannot read"],
  ])("can't be %s", (_, result, problem) => {
    for (const [way, from, to] of [["up", 1, 2] as const, ["down", 2, 1] as const]) {
      const wrong = chainOf({ [way]: result });
      const error = errorOf(CallbackError, () => wrong.convert({}, from, to));
      expect(error.callback).toBe(`collections.notes.apiVersions.v1.${way}`);
      expect(error.message).toContain(problem);
    }
  });

  it("can't have a name that its schema does not have, unless it was there before", () => {
    const from: Schema = z.object({ content: z.string() });
    const to: Schema = z.strictObject({ body: z.string() });
    const renamed = stepOf({ from, to, up: () => ({ bdy: "a", old: 1 }), down: () => ({ old: 1, contents: "a" }) });
    const wrong = resolveShapes(path, { api, schema: to, steps: [renamed], ownMembers });
    const up = errorOf(CallbackError, () => wrong.convert({ content: "a", old: 1 }, 1, 2));
    expect(up.message).toContain('v1.up must return fields of `to`, and "bdy" is none. Did you mean `body`?');
    const down = errorOf(CallbackError, () => wrong.convert({ body: "a", old: 1 }, 2, 1));
    expect(down.message).toContain('v1.down must return fields of `from`, and "contents" is none. Did you mean');
    const passing = stepOf({ from, to, up: ({ content, ...others }: JsonObject) => ({ body: content, ...others }) });
    const sound = resolveShapes(path, { api, schema: to, steps: [passing], ownMembers });
    expect(sound.convert({ content: "a", old: 1 }, 1, 2)).toEqual({ body: "a", old: 1 });
  });

  it("keeps the cause of what was thrown", () => {
    const cause = new Error("boom");
    const wrong = chainOf({
      up: () => {
        throw cause;
      },
    });
    expect(errorOf(CallbackError, () => wrong.convert({}, 1, 2)).cause).toBe(cause);
  });
});

describe("a pointer in another shape", () => {
  const old: JsonObject = { ...shown };
  it.each([
    ["", ""],
    ["/id", "/id"],
    ["/version", "/version"],
    ["/text/body", "/content"],
    ["/text/format", ""],
    ["/text", ""],
    ["/author/name", "/author"],
    ["/author/email", "/author"],
    ["/tags/0/label", "/tags/0"],
    ["/tags/0/color", "/tags/0"],
    ["/tags/7/color", "/tags"],
    ["/lines/0/text", "/lines/0/text"],
    ["/lines/0/note", "/lines/0"],
    ["/content/kind", ""],
    ["/rating", "/rating"],
  ])("is told to a caller of v1: %s is %s", (pointer, expected) => {
    expect(chain.renamePointer(pointer, 4, 1, old)).toBe(expected);
  });

  it.each([
    ["/content", "/text/body"],
    ["/author", "/author/name"],
    ["/tags/0", "/tags/0/label"],
    ["/rating", "/rating"],
    ["/unknown", ""],
  ])("is read from a caller of v1: %s is %s", (pointer, expected) => {
    expect(chain.renamePointer(pointer, 1, 4, article)).toBe(expected);
  });

  it("stays as it is between versions of one shape", () => {
    expect(chain.renamePointer("/anything/0", 2, 3, {})).toBe("/anything/0");
  });

  it("goes by what is there where a schema can't be looked into", () => {
    const open = resolveShapes(path, { api, schema: loose, steps: [stepOf({ from: loose, to: loose })], ownMembers });
    expect(open.renamePointer("/a/b", 2, 1, { a: {} })).toBe("/a");
    expect(open.renamePointer("/a/b", 2, 1, {})).toBe("");
  });
});

describe("steps", () => {
  const later = z.looseObject({ title: z.string() });
  const closed = z.object({ title: z.string() });
  it.each<[string, unknown, string, string]>([
    ["no list", {}, path, "must be an array"],
    ["no step", [1], `${path}[0]`, "must be an object"],
    ["an unknown version", [stepOf({}, "v7")], `${path}[0]`, "must be one of the API versions v1, v2, v3"],
    ["the newest version", [stepOf({}, "v3", "v4")], `${path}.v3`, "is the newest: no step leads on from it"],
    ["a step over another", [stepOf({}, "v1", "v3")], `${path}.v1`, 'must lead to v2, and leads to "v3"'],
    ["a step twice", [stepOf({}), stepOf({})], `${path}.v1`, "must stand before later steps, and once"],
    ["steps that fall", [stepOf({}, "v2", "v3"), stepOf({})], `${path}.v1`, "must stand before later steps"],
    ["a last step that leads elsewhere", [stepOf({ to: later })], `${path}.v1.to`, "must be the collection's `schema`"],
    [
      "a step that leads past the next one",
      [stepOf({ to: later }), stepOf({}, "v2", "v3")],
      `${path}.v1.to`,
      "must be the `from` of collections.notes.apiVersions.v2",
    ],
    ["no up", [stepOf({ up: undefined })], `${path}.v1.up`, "must be a function"],
    ["no schema", [stepOf({ from: {} })], `${path}.v1.from`, "must be a Standard Schema"],
    ["a misspelt option", [stepOf({ rename: {} })], `${path}.v1.rename`, "Did you mean `renames`?"],
    ["a wrong rename", [stepOf({ renames: { a: "/b" } })], `${path}.v1.renames.a`, "must be JSON Pointers"],
    [
      "a rename of what its schema does not have",
      [stepOf({ from: closed, renames: { "/titel": "/title" } })],
      `${path}.v1.renames`,
      "and /titel is none of `from`",
    ],
    [
      "a schema with a member of unclash's own",
      [stepOf({ from: z.object({ id: z.string() }) })],
      `${path}.v1.from`,
      'must not declare "id"',
    ],
  ])("can't be %s", (_, steps, option, problem) => {
    const options = { api, schema: loose, steps, ownMembers };
    const error = errorOf(ConfigurationError, () => Reflect.apply(resolveShapes, undefined, [path, options]));
    expect(error.option).toBe(option);
    expect(error.message).toContain(problem);
  });
});

const path = "collections.notes.apiVersions";
const ownMembers = ["id", "version", "etag"];
const api = apiVersions({ name: "notes", default: "v1", versions: { v1: {}, v2: {}, v3: {} } });
const loose: Schema = z.looseObject({});

function stepOf(options: object, before = "v1", after = "v2"): ShapeStep {
  const same = (fields: object): object => fields;
  return { before, after, options: { from: loose, to: loose, up: same, down: same, ...options } };
}

function chainOf(options: object): ShapeChain {
  const all = { api, schema: loose, steps: [stepOf(options)], ownMembers };
  return Reflect.apply(resolveShapes, undefined, [path, all]);
}

function errorOf<Found extends Error>(kind: abstract new (...args: never[]) => Found, run: () => unknown): Found {
  try {
    run();
  } catch (error) {
    if (error instanceof kind) return error;
    throw error;
  }
  throw new Error("Nothing was thrown.");
}
