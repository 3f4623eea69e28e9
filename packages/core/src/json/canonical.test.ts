import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { json, reversed } from "./arbitrary.test-support.js";
import { canonicalJson } from "./canonical.js";
import type { Json } from "./value.js";

describe("canonicalJson", () => {
  test.each<[Json, string]>([
    [null, "null"],
    [-0, "0"],
    [[1e21, 1e-7, 0.1], "[1e+21,1e-7,0.1]"],
    [{ b: 1, a: { d: 1, c: [] } }, '{"a":{"c":[],"d":1},"b":1}'],
    [{ a: 1, é: 2, B: 3 }, '{"B":3,"a":1,"é":2}'],
    [{ "10": 1, "9": 1, "": 1 }, '{"":1,"10":1,"9":1}'],
    ["\u2028\u007f/</\u0001", '"\u2028\u007f/</\\u0001"'],
  ])("writes %j as %s", (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  test("sorts by UTF-16 code units, so a surrogate pair comes before U+FB33", () => {
    expect(canonicalJson({ "\ufb33": 1, "😀": 2 })).toBe('{"😀":2,"\ufb33":1}');
  });

  test("writes text that parses to an equal value, the same for each order of the members", () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
        expect(canonicalJson(reversed(value))).toBe(text);
        expect(JSON.stringify(JSON.parse(text)).length).toBe(JSON.stringify(value).length);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each<[string, Json]>([
    ["NaN", [Number.NaN]],
    ["Infinity", { a: Number.POSITIVE_INFINITY }],
    ["half a surrogate pair", "\ud800"],
    ["half a surrogate pair in a name", { "\udc00": 1 }],
  ])("throws for %s", (_name, value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  });
});
