import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { expectPrototypesUntouched, frozen, json } from "./arbitrary.test-support.js";
import { applyMergePatch } from "./merge-patch.js";
import { isJsonObject, type Json } from "./value.js";

afterEach(expectPrototypesUntouched);

/** RFC 7396 §2, line by line, and without a thought for its costs. */
function byTheBook(target: Json | undefined, patch: Json): Json {
  if (!isJsonObject(patch)) return patch;
  const result = new Map(isJsonObject(target) ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) result.delete(name);
    else result.set(name, byTheBook(result.get(name), value));
  }
  return Object.fromEntries(result);
}

describe("applyMergePatch", () => {
  test.each<[Json | undefined, Json, Json]>([
    [{ a: "b" }, { a: null, b: "c" }, { b: "c" }],
    [{ a: { b: 1, c: 2 } }, { a: { b: null } }, { a: { c: 2 } }],
    [{ a: [1, 2] }, { a: { "0": null } }, { a: {} }],
    [{}, { a: { b: { c: null } } }, { a: { b: {} } }],
    [{ a: 1 }, { a: [null] }, { a: [null] }],
    [["a"], { b: 1 }, { b: 1 }],
    [{ a: 1 }, ["b"], ["b"]],
    [{ a: 1 }, null, null],
    [undefined, { a: null, b: 1 }, { b: 1 }],
    [
      { a: 1 },
      { toString: null, constructor: { prototype: { admin: true } } },
      { a: 1, constructor: { prototype: { admin: true } } },
    ],
  ])("%j with %j becomes %j", (target, patch, result) => {
    expect(applyMergePatch(frozen(target), frozen(patch))).toEqual(result);
  });

  test("gives the target itself where nothing changes, and shares what it does not change", () => {
    const target = { a: { b: 1 }, c: { d: [1] } };
    expect(applyMergePatch(target, { a: { b: 1, x: null }, toString: null })).toBe(target);
    const merged = applyMergePatch(target, { a: { b: 2 } });
    expect(isJsonObject(merged) && merged["c"]).toBe(target.c);
  });

  test("passes over __proto__, at any depth, where nobody checked the patch", () => {
    const patch = JSON.parse('{"__proto__":{"admin":true},"a":{"__proto__":{"admin":true},"b":1}}');
    const merged = applyMergePatch({ a: {} }, patch);
    expect(merged).toEqual({ a: { b: 1 } });
    expect(JSON.stringify(merged)).toBe('{"a":{"b":1}}');
    expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
  });

  test("does what RFC 7396 §2 says, and changes neither target nor patch", () => {
    fc.assert(
      fc.property(json.map(frozen), json.map(frozen), (target, patch) => {
        expect(JSON.stringify(applyMergePatch(target, patch))).toBe(JSON.stringify(byTheBook(target, patch)));
      }),
      { numRuns: 3_000 },
    );
  });
});
