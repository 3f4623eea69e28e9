import { readVersionTag, versionTag } from "@unclash/core";
import fc from "fast-check";
import { expect, it } from "vitest";
import { createTag, firstShape, shapeOf } from "./commit-tag.js";

const shape = fc.integer({ min: firstShape, max: 9_999 });

it("writes the number of the shape behind 16 random characters, and none for the first shape", () => {
  expect(createTag()).toMatch(/^[\w-]{16}$/);
  expect(createTag(1)).toMatch(/^[\w-]{16}$/);
  expect(createTag(2)).toMatch(/^[\w-]{16}2$/);
  expect(createTag(12)).toMatch(/^[\w-]{16}12$/);
});

it("reads the shape from any tag that it has made", () => {
  fc.assert(
    fc.property(shape, (number) => {
      expect(shapeOf(createTag(number))).toBe(number);
    }),
  );
});

it("makes tags that come back from an entity-tag with their shape", () => {
  fc.assert(
    fc.property(shape, fc.constantFrom(undefined, "v1", "2026-11-01"), (number, apiVersion) => {
      const read = readVersionTag(versionTag(4, createTag(number), apiVersion).slice(1, -1));
      expect(shapeOf(read?.tag ?? "")).toBe(number);
      expect(read?.apiVersion).toBe(apiVersion);
    }),
  );
});

it("gives the first shape to the shorter tags of earlier releases", () => {
  expect(shapeOf("k2x9")).toBe(firstShape);
});

it.each(["1", "0", "02", "x", "2x", "-2", "10000"])("does not know a shape that is written as %s", (number) => {
  expect(shapeOf(`${"A".repeat(16)}${number}`)).toBeUndefined();
});
