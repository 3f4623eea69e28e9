import type { StoredRecord } from "@unclash/core/store";
import { describe, expect, it } from "vitest";
import { type Collection, resolveCollections } from "../resources/collection.js";
import type { CollectionOptions } from "../resources/collection-options.js";
import { contentOf, isUnchanged, representationText } from "./representation.js";
import type { Schema } from "./schema.js";

const schema: Schema = { "~standard": { version: 1, vendor: "test", validate: () => ({ value: {} }) } };

function collectionOf(options: Partial<CollectionOptions> = {}): Collection {
  const collection = resolveCollections({ articles: { schema, ...options } }, undefined).collections.get("articles");
  if (collection === undefined) throw new Error("There is no such collection.");
  return collection;
}

function stored(text: string): StoredRecord {
  return {
    key: "articles/1",
    version: 3,
    revision: 9,
    tag: "t",
    text,
    createdAt: 1,
    modifiedAt: 5,
    by: null,
    cause: "x",
  };
}

describe("isUnchanged", () => {
  const settings: readonly Partial<CollectionOptions>[] = [
    {},
    { versionField: false },
    { versionField: "revision" },
    { versions: "timestamps" },
  ];

  it.each(settings)("knows what was stored again, with %j", (options) => {
    const collection = collectionOf(options);
    const version = collection.timestamps ? 5 : 3;
    for (const fields of [{}, { title: "A", tags: ["x", "y"] }, { ",": 1 }]) {
      const current = stored(representationText(collection, "1", version, contentOf(fields)));
      expect(isUnchanged(collection, "1", current, contentOf(fields))).toBe(true);
      expect(isUnchanged(collection, "1", current, contentOf({ ...fields, more: 1 }))).toBe(false);
    }
  });

  const current = stored('{"id":"1","version":3,"a":{"b":1,"c":[1,2]},"d":"x"}');

  it.each([
    ["members in another order", { d: "x", a: { c: [1, 2], b: 1 } }, true],
    ["another value of the same length", { a: { b: 1, c: [1, 2] }, d: "y" }, false],
    ["items in another order", { a: { b: 1, c: [2, 1] }, d: "x" }, false],
    ["the same names with their values swapped", { d: { b: 1, c: [1, 2] }, a: "x" }, false],
    ["nothing", {}, false],
  ])("compares values, and not texts: %s", (_, fields, unchanged) => {
    expect(isUnchanged(collectionOf(), "1", current, contentOf(fields))).toBe(unchanged);
  });

  it("takes a state that was stored under another version field for another one", () => {
    const renamed = collectionOf({ versionField: "edition" });
    expect(isUnchanged(renamed, "1", current, contentOf({ a: { b: 1, c: [1, 2] }, d: "x" }))).toBe(false);
  });
});
