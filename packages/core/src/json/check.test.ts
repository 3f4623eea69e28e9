import assert from "node:assert/strict";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { expectPrototypesUntouched, json, memberName, objectOf } from "./arbitrary.test-support.js";
import { checkJson, parseJson } from "./check.js";
import { defaultJsonLimits as limits } from "./limits.js";
import { parsePointer } from "./pointer.js";
import type { Json } from "./value.js";

afterEach(expectPrototypesUntouched);

const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
const members = (count: number) => `{${Array.from({ length: count }, (_, index) => `"k${index}":0`).join(",")}}`;

describe("a text that a client sent", () => {
  test.each<[name: string, text: string, code: string, pointer?: string]>([
    ["10,000 levels", nested(10_000), "too-deep"],
    ["10,000 levels that are never closed", "[".repeat(10_000), "too-deep"],
    ["one level too many", nested(65), "too-deep", "/0".repeat(64)],
    ["1 MiB of levels", nested(524_288), "too-deep", ""],
    ["100,000 members", members(100_000), "too-many-keys"],
    ["one member too many", members(10_001), "too-many-keys", ""],
    ["one member too many, in all", `[${members(5_000)},{"a":${members(5_000)}}]`, "too-many-keys"],
    ["1 MiB of items", `[0${",0".repeat(524_286)}]`, "too-many-values", ""],
    ["1 MiB of empty items", `[[]${",{}".repeat(349_523)}]`, "too-many-values", ""],
    ["1 MiB of arrays of one item", `[[0]${",[0]".repeat(262_142)}]`, "too-many-values", ""],
    ["one item too many", `[0${",0".repeat(20_000)}]`, "too-many-values", ""],
    ["one item too many, in all", `[[0${",0".repeat(9_999)}],[0${",0".repeat(9_998)}]]`, "too-many-values"],
    ["a name of 900 KB", `{"a":{"${"k".repeat(900_000)}":1}}`, "key-too-long", "/a"],
    ["a name one character too long", `{"${"k".repeat(1_025)}":1}`, "key-too-long", ""],
    ["a number past the range", '{"a":1e400}', "number-out-of-range", "/a"],
    ["a number past the range, below", '{"a":[0,-1e400]}', "number-out-of-range", "/a/1"],
    ["half a surrogate pair, escaped", '"\\ud800"', "invalid-unicode", ""],
    ["the other half, in capitals", '["a\\uDFFF"]', "invalid-unicode", "/0"],
    ["half a surrogate pair, as it is", '{"a":"\ud800"}', "invalid-unicode", "/a"],
    ["half a surrogate pair in a name", '{"a":{"\\ud800":1}}', "invalid-unicode", "/a"],
    ["a member __proto__", '{"__proto__":{"admin":true}}', "forbidden-key", "/__proto__"],
    ["a member __proto__, escaped and inside", '[{"a/b":{"\\u005f_proto__":1}}]', "forbidden-key", "/0/a~1b/__proto__"],
    ["NaN", "NaN", "malformed-json", ""],
    ["a trailing comma", '{"a":1,}', "malformed-json", ""],
    ["no text", "", "malformed-json", ""],
    ["white space", " \n", "malformed-json", ""],
    ["a byte order mark", "\ufeff{}", "malformed-json", ""],
    ["UTF-16 read as UTF-8", "\ufffd\ufffd{\u0000}\u0000", "malformed-json", ""],
    ["a bare word", "undefined", "malformed-json", ""],
    ["a comment", "{} // no", "malformed-json", ""],
  ])("%s is refused", (_name, text, code, pointer) => {
    const result = parseJson(text, limits);
    expect(result).toMatchObject({ kind: "unsound", code, ...(pointer !== undefined && { pointer }) });
  });

  test.each<[name: string, text: string]>([
    ["64 levels", nested(64)],
    ["10,000 members", members(10_000)],
    ["20,000 items", `[0${",0".repeat(19_999)}]`],
    ["20,000 empty items, in much white space", `[ [ \n ] ${",{ \t\r }".repeat(19_999)}${" ".repeat(100_000)}]`],
    ["a name of 1,024 characters", `{"${"k".repeat(1_024)}":1}`],
    ["the largest number", "-1.7976931348623157e308"],
    ["a whole surrogate pair, escaped", '"\\ud83d\\ude00"'],
    ["an escaped backslash before what looks like a surrogate", '"\\\\ud800"'],
    ["constructor and prototype", '{"constructor":{"prototype":{"admin":true}}}'],
    ["__proto__ as text", '["__proto__"]'],
    ["a long text in which brackets and colons stand in strings", JSON.stringify(['"[{:'.repeat(60_000), "\\", "]"])],
  ])("%s is sound, and comes back as JSON.parse gives it", (_name, text) => {
    expect(parseJson(text, limits)).toEqual({ kind: "sound", value: JSON.parse(text) });
  });

  test("has as many values before it is parsed as afterwards", () => {
    const around = " ".repeat(131_072);
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.constantFrom(undefined, 1),
        fc.integer({ min: 1, max: 12 }),
        (value, indent, max) => {
          const text = JSON.stringify(value, undefined, indent);
          const most = { ...limits, valuesMax: max };
          expect(parseJson(text + around, most).kind).toBe(checkJson(JSON.parse(text), most).kind);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("of which half is not JSON is never quoted", () => {
    const detail = (text: string) => {
      const result = parseJson(text, limits);
      return result.kind === "unsound" ? result.detail : "";
    };
    expect(detail('{"a": <script>alert(1)</script>}')).not.toMatch(/script|alert|</);
    expect(detail('{"a" at position 123456 }')).not.toContain("123456");
    expect(detail('{"a":1,}')).toBe("The text is not JSON, from position 7 on.");
  });

  test("is parsed as JSON.parse does, whatever it is: the same value, or no value", () => {
    const pieces = fc.constantFrom(...'[ ] { } : , " \\ \\u d8 00 0 - . e1 true null a \ud800'.split(" "), " ");
    const texts = fc.oneof(
      fc.array(pieces).map((some) => some.join("")),
      fc.string({ unit: "binary" }),
      fc.json(),
    );
    fc.assert(
      fc.property(texts, (text) => {
        let value: unknown;
        let parses = true;
        try {
          value = JSON.parse(text);
        } catch {
          parses = false;
        }
        const result = parseJson(text, limits);
        if (result.kind === "sound") assert.deepEqual(result.value, value);
        else assert.equal(result.code === "malformed-json", !parses);
        if (parses) assert.deepEqual(result, checkJson(value, limits));
      }),
      { numRuns: 10_000 },
    );
  });
});

describe("a value that something else parsed", () => {
  class Money {
    readonly amount = 1;
  }
  const cycle: { self?: unknown } = {};
  cycle.self = [cycle];

  test.each<[name: string, value: unknown, code: string, pointer: string]>([
    ["undefined", undefined, "malformed-json", ""],
    ["a member that is undefined", { a: { b: undefined } }, "malformed-json", "/a/b"],
    ["a hole in an array", { a: Array(1) }, "malformed-json", "/a/0"],
    ["a bigint", [1n], "malformed-json", "/0"],
    ["a function", { toJSON: () => 1 }, "malformed-json", "/toJSON"],
    ["a symbol", [Symbol("s")], "malformed-json", "/0"],
    ["a Date", { at: new Date(0) }, "malformed-json", "/at"],
    ["a Map", [[new Map()]], "malformed-json", "/0/0"],
    ["an object of a class", { price: new Money() }, "malformed-json", "/price"],
    ["a boxed string", [Object("a")], "malformed-json", "/0"],
    ["an array with a toJSON", { a: Object.assign([1], { toJSON: () => 2 }) }, "malformed-json", "/a"],
    ["bytes", new Uint8Array(2), "malformed-json", ""],
    ["NaN", [Number.NaN], "number-out-of-range", "/0"],
    ["Infinity", { "~": Number.POSITIVE_INFINITY }, "number-out-of-range", "/~0"],
    ["a cycle", cycle, "too-deep", ""],
    ["an own member __proto__", JSON.parse('{"a":{"__proto__":1}}'), "forbidden-key", "/a/__proto__"],
  ])("%s is refused", (_name, value, code, pointer) => {
    expect(checkJson(value, limits)).toMatchObject({ kind: "unsound", code, pointer });
  });

  test("a few arrays that stand in very many places are refused after as many as are allowed", () => {
    let bomb: unknown = [];
    for (let level = 0; level < 60; level++) bomb = [bomb, bomb];
    expect(checkJson(bomb, limits)).toMatchObject({ kind: "unsound", code: "too-many-values" });
    const members = { a: 1, b: 2 };
    expect(checkJson([members, members], { ...limits, valuesMax: 6 }).kind).toBe("sound");
    expect(checkJson([members, members], { ...limits, valuesMax: 5 })).toMatchObject({ code: "too-many-values" });
  });

  test("plain objects of another realm, without a prototype, and with symbols are sound", () => {
    const foreign: unknown = runInNewContext("({ a: [{ b: 1 }] })");
    const bare: unknown = Object.assign(Object.create(null), { a: 1 });
    for (const value of [foreign, bare, { [Symbol("s")]: 1n }]) {
      expect(checkJson(value, limits)).toMatchObject({ kind: "sound" });
    }
  });

  test("members that are inherited do not count", () => {
    Object.defineProperty(Object.prototype, "everywhere", {
      value: () => 1,
      enumerable: true,
      writable: true,
      configurable: true,
    });
    try {
      expect(checkJson({ a: {} }, limits).kind).toBe("sound");
    } finally {
      Reflect.deleteProperty(Object.prototype, "everywhere");
    }
  });

  test("text is not looked at where the caller knows that it is well formed", () => {
    expect(checkJson(["\ud800"], limits, { wellFormed: true }).kind).toBe("sound");
    expect(checkJson(["\ud800"], limits, { wellFormed: false }).kind).toBe("unsound");
  });

  test("comes back itself, and not a copy", () => {
    fc.assert(
      fc.property(json, (value) => {
        const result = checkJson(value, limits);
        expect(result.kind === "sound" && Object.is(result.value, value)).toBe(true);
      }),
    );
  });

  test("has its fault found wherever it is, under the pointer that leads there", () => {
    const fault = Symbol("fault");
    const around = fc.constantFrom<Json>(...fc.sample(json, { numRuns: 500, seed: 1 }));
    const planted = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: "small" },
        fc.constant(fault),
        fc
          .tuple(fc.array(around, { maxLength: 3 }), tie("value"), around)
          .map(([items, inner, last]) => [...items, inner, last]),
        fc
          .tuple(objectOf(memberName, around, 3), memberName, tie("value"))
          .map(([object, name, inner]) => ({ ...object, [name]: inner })),
      ),
    })).value;
    const follow = (value: unknown, tokens: readonly string[]) =>
      tokens.reduce<unknown>((inner, token) => Reflect.get(Object(inner), token), value);
    fc.assert(
      fc.property(planted, (value) => {
        const result = checkJson(value, limits);
        if (result.kind === "sound") throw new Error("the fault was not found");
        const parsed = parsePointer(result.pointer);
        assert.equal(parsed.kind === "pointer" && follow(value, parsed.tokens), fault);
      }),
      { numRuns: 10_000 },
    );
  });
});

test("the limits are each an option", () => {
  const value: Json = { a: { b: [] } };
  expect(checkJson(value, { ...limits, depthMax: 2 })).toMatchObject({ code: "too-deep", pointer: "/a/b" });
  expect(checkJson(value, { ...limits, keysMax: 1 })).toMatchObject({ code: "too-many-keys", pointer: "/a" });
  expect(checkJson({ ab: 1 }, { ...limits, keyLengthMax: 1 })).toMatchObject({ code: "key-too-long", pointer: "" });
});
