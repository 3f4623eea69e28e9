import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  assertPosition,
  childrenOf,
  depthOf,
  formatPosition,
  indexStartOf,
  parentOf,
  parsePosition,
} from "./positions.js";
import type { Range } from "./range.js";

const lapsed = { lapsedBefore: 1, limit: 1 };
const index = { index: "n", from: "b", to: "d", limit: 1 };

describe("a position", () => {
  test("is read as it was written, whatever stands in it", () => {
    const text = fc.string({ unit: "grapheme" }).filter((value) => !value.includes("\u0000"));
    fc.assert(
      fc.property(text, text, (place, key) => {
        expect(parsePosition(formatPosition(place, key))).toEqual({ place, key });
      }),
    );
  });

  test.each(["", "a", "a\u0000b\u0000c"])("is not %j", (after) => {
    expect(parsePosition(after)).toBe(undefined);
  });
});

describe("assertPosition", () => {
  test.each(["", " 5", "1e3", "0x10", "-1", "99999999999999999"])(
    "no range of what lapsed goes on from %j",
    (place) => {
      expect(() => assertPosition({ ...lapsed, after: `${place}\u0000a/1` })).toThrow(TypeError);
    },
  );

  test("a range of what lapsed goes on from a moment and a key", () => {
    expect(() => assertPosition({ ...lapsed, after: "1700000000000\u0000a/1" })).not.toThrow();
  });

  test.each<[string, Range]>([
    ["an index from a value without a key", { ...index, after: "b" }],
    ["an index from what is not well-formed", { ...index, after: "\ud800\u0000a/1" }],
    ["a prefix from a value and a key", { prefix: "a/", limit: 1, after: "b\u0000a/1" }],
    ["a prefix from what is not well-formed", { prefix: "a/", limit: 1, after: "a/\udfff" }],
  ])("refuses %s", (_, range) => {
    expect(() => assertPosition(range)).toThrow('"after" is not what a page of this range gave as its "next".');
  });

  test.each<[string, Range]>([
    ["an index from a value and a key", { ...index, after: "b\u0000a/1" }],
    ["a prefix from a key", { prefix: "a/", limit: 1, after: "a/1" }],
    ["any range from its beginning", lapsed],
  ])("allows %s", (_, range) => {
    expect(() => assertPosition(range)).not.toThrow();
  });
});

test.each<[Parameters<typeof childrenOf>[0], { after: string; end: string }]>([
  [{ prefix: "a/" }, { after: "a/", end: "a0" }],
  [
    { prefix: "a/b/", after: "a/b/7" },
    { after: "a/b/7", end: "a/b0" },
  ],
  [
    { prefix: "b/", after: "a/7" },
    { after: "b/", end: "b0" },
  ],
  [
    { prefix: "a/", descending: false },
    { after: "a/", end: "a0" },
  ],
  [
    { prefix: "a/", descending: true },
    { after: "a/", end: "a0" },
  ],
  [
    { prefix: "a/b/", after: "a/b/7", descending: true },
    { after: "a/b/", end: "a/b/7" },
  ],
  [
    { prefix: "b/", after: "c/7", descending: true },
    { after: "b/", end: "b0" },
  ],
  [
    { prefix: "b/", after: "a/7", descending: true },
    { after: "b/", end: "a/7" },
  ],
])("the children of %j", (range, bounds) => {
  expect(childrenOf(range)).toEqual({ depth: depthOf(range.prefix), ...bounds });
});

describe("an index from b to d", () => {
  test.each<[string | undefined, string, string]>([
    [undefined, "b", ""],
    ["a\u0000x/1", "b", ""],
    ["b\u0000x/1", "b", "x/1"],
    ["c\u0000x/1", "c", "x/1"],
  ])("goes on from %j", (after, place, key) => {
    expect(indexStartOf(after === undefined ? index : { ...index, after })).toEqual({ place, key });
  });

  test.each<[string | undefined, string, string]>([
    [undefined, "d\u0001", ""],
    ["e\u0000x/1", "d\u0001", ""],
    ["d\u0001\u0000x/1", "d\u0001", ""],
    ["d\u0000x/1", "d", "x/1"],
    ["a\u0000x/1", "a", "x/1"],
  ])("goes on downwards from %j", (after, place, key) => {
    const range = { ...index, descending: true };
    expect(indexStartOf(after === undefined ? range : { ...range, after })).toEqual({ place, key });
  });
});

test.each([
  ["a", "", 0],
  ["a/1", "a/", 1],
  ["a/b/1", "a/b/", 2],
  ["a/", "a/", 1],
])("the key %j has the parent %j and the depth %i", (key, parent, depth) => {
  expect([parentOf(key), depthOf(key)]).toEqual([parent, depth]);
});
