import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { json, reversed } from "./arbitrary.test-support.js";
import { canonicalJson } from "./canonical.js";
import { jsonEqual } from "./equal.js";
import type { Json } from "./value.js";

describe("jsonEqual", () => {
  test.each<[Json, Json]>([
    [0, -0],
    [1, 1.0],
    [
      { a: 1, b: [2] },
      { b: [2], a: 1 },
    ],
    [[], []],
    [{}, {}],
    [JSON.parse('{"toString":1}'), { toString: 1 }],
  ])("%j equals %j", (a, b) => {
    expect([jsonEqual(a, b), jsonEqual(b, a)]).toEqual([true, true]);
  });

  test.each<[Json, Json]>([
    [1, "1"],
    [null, false],
    [null, {}],
    [[], {}],
    [[], ""],
    [
      [1, 2],
      [2, 1],
    ],
    [[1], [1, 1]],
    [["a"], { "0": "a" }],
    [{ a: 1 }, { a: 1, b: 1 }],
    [
      { a: 1, b: 1 },
      { a: 1, c: 1 },
    ],
    [{ toString: 1 }, { b: 1 }],
    [JSON.parse('{"__proto__":{}}'), { b: {} }],
    [{ constructor: null }, { b: null }],
    ["\u00e9", "e\u0301"],
  ])("%j does not equal %j", (a, b) => {
    expect([jsonEqual(a, b), jsonEqual(b, a)]).toEqual([false, false]);
  });

  test("says the same as the canonical texts do, in either order", () => {
    fc.assert(
      fc.property(json, json, (a, b) => {
        expect(jsonEqual(a, b)).toBe(canonicalJson(a) === canonicalJson(b));
        expect(jsonEqual(b, a)).toBe(jsonEqual(a, b));
        expect(jsonEqual(a, reversed(a))).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });
});
