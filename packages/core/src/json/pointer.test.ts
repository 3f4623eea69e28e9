import assert from "node:assert/strict";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { expectPrototypesUntouched, json, memberName } from "./arbitrary.test-support.js";
import { covers, evaluatePointer, formatPointer, parseIndex, parsePointer, pointerOf } from "./pointer.js";

afterEach(expectPrototypesUntouched);

const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.array(fc.constantFrom("/", "~", "~0", "~1", "~2", "a", "0", "-", "\ud800")).map((some) => some.join("")),
);

describe("parsePointer", () => {
  test.each([
    ["", []],
    ["/", [""]],
    ["//", ["", ""]],
    ["/a~1b/m~0n", ["a/b", "m~n"]],
    ["/~01", ["~1"]],
    ["/~10", ["/0"]],
    ["/%20/ ", ["%20", " "]],
  ])("reads %j", (text, tokens) => {
    expect(parsePointer(text)).toEqual({ kind: "pointer", tokens });
  });

  test.each(["a", "a/b", "#/a", " /a", "/~", "/~2", "/a~", "/a/~~0", "/~/0", "/~a"])("refuses %j", (text) => {
    expect(parsePointer(text)).toMatchObject({ kind: "malformed", code: "malformed-pointer" });
  });

  test("reads all that the grammar of RFC 6901 §3 allows, refuses the rest, and never throws", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const parsed = parsePointer(text);
        assert.equal(parsed.kind === "pointer", /^(?:\/(?:[^~/]|~[01])*)*$/s.test(text));
        if (parsed.kind === "pointer") assert.equal(formatPointer(parsed.tokens), text);
      }),
      { numRuns: 10_000 },
    );
  });

  test("is the inverse of formatPointer for any tokens", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(anyText, memberName)), (tokens) => {
        assert.deepEqual(parsePointer(formatPointer(tokens)), { kind: "pointer", tokens });
        assert.equal(pointerOf(tokens), formatPointer(tokens));
      }),
      { numRuns: 10_000 },
    );
  });
});

test("pointerOf writes indices as digits", () => {
  expect(pointerOf(["items", 10, "a/b"])).toBe("/items/10/a~1b");
});

test.each([
  ["0", 0],
  ["10", 10],
  ["9007199254740993", 9007199254740992],
  ["", undefined],
  ["-", undefined],
  ["-1", undefined],
  ["+1", undefined],
  ["01", undefined],
  ["00", undefined],
  ["1e1", undefined],
  ["1.0", undefined],
  [" 1", undefined],
  ["1\n", undefined],
  ["0x1", undefined],
  ["١", undefined],
])("the token %j is the index %j", (token, index) => {
  expect(parseIndex(token)).toBe(index);
});

describe("evaluatePointer", () => {
  const document = { list: ["x", null], object: { "": 0, "0": "zero" }, text: "abc" };

  test.each([
    [[], document],
    [["list", "0"], "x"],
    [["list", "1"], null],
    [["object", ""], 0],
    [["object", "0"], "zero"],
  ])("finds what is at %j", (tokens, value) => {
    expect(evaluatePointer(document, tokens)).toBe(value);
  });

  test.each([
    [["list", "2"]],
    [["list", "-"]],
    [["list", "-1"]],
    [["list", "00"]],
    [["list", "1e0"]],
    [["list", "9".repeat(400)]],
    [["list", "length"]],
    [["list", "map"]],
    [["text", "0"]],
    [["text", "length"]],
    [["list", "1", "x"]],
    [["object", "0x"]],
    [["__proto__"]],
    [["__proto__", "toString"]],
    [["constructor"]],
    [["constructor", "prototype"]],
    [["hasOwnProperty"]],
    [["object", "toString"]],
  ])("finds nothing at %j", (tokens) => {
    expect(evaluatePointer(document, tokens)).toBeUndefined();
  });

  test("finds each part of a value under the pointer that leads to it", () => {
    fc.assert(
      fc.property(json, (value) => {
        const visit = (part: typeof value | undefined, path: readonly (string | number)[]): void => {
          const parsed = parsePointer(pointerOf(path));
          expect(parsed.kind === "pointer" && evaluatePointer(value, parsed.tokens)).toBe(part);
          if (Array.isArray(part)) for (const [index, item] of part.entries()) visit(item, [...path, index]);
          else if (typeof part === "object" && part !== null) {
            for (const [name, member] of Object.entries(part)) visit(member, [...path, name]);
          }
        };
        visit(value, []);
      }),
    );
  });
});

describe("covers", () => {
  test.each([
    ["", ""],
    ["", "/a"],
    ["/a", "/a"],
    ["/a", "/a/b/c"],
    ["/a", "/a/"],
    ["/", "//"],
  ])("%j and %j lie in one line", (outer, inner) => {
    expect([covers(outer, inner), covers(inner, outer)]).toEqual([true, true]);
  });

  test.each([
    ["/a", "/b"],
    ["/a", "/ab"],
    ["/a/b", "/a/c"],
    ["/", "/a"],
    ["/a~1b", "/a"],
  ])("%j and %j do not", (a, b) => {
    expect([covers(a, b), covers(b, a)]).toEqual([false, false]);
  });
});
