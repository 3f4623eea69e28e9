import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { frozen, json, reversed } from "./arbitrary.test-support.js";
import { diffJson } from "./diff.js";
import { jsonEqual } from "./equal.js";
import { applyJsonPatch } from "./patch.js";
import type { PatchOperation } from "./patch-operation.js";
import type { Json } from "./value.js";

describe("diffJson", () => {
  test.each<[name: string, from: Json, to: Json, patch: readonly PatchOperation[]]>([
    ["nothing where they are equal", { a: [1, -0], b: 2 }, { b: 2, a: [1, 0] }, []],
    ["the whole where the kinds differ", { a: 1 }, [1], [{ op: "replace", path: "", value: [1] }]],
    [
      "a member that changed",
      { a: { b: 1, c: 2 } },
      { a: { b: 1, c: 3 } },
      [{ op: "replace", path: "/a/c", value: 3 }],
    ],
    [
      "members that went, changed and came, in this order",
      { x: 1, b: 1, a: 1 },
      { z: 2, a: 2, y: 2, b: 1 },
      [
        { op: "remove", path: "/x" },
        { op: "replace", path: "/a", value: 2 },
        { op: "add", path: "/z", value: 2 },
        { op: "add", path: "/y", value: 2 },
      ],
    ],
    [
      "null apart from absent",
      { a: null },
      { b: null },
      [
        { op: "remove", path: "/a" },
        { op: "add", path: "/b", value: null },
      ],
    ],
    ["names escaped", { "a/b": { "~": 1 } }, { "a/b": { "~": 2 } }, [{ op: "replace", path: "/a~1b/~0", value: 2 }]],
    [
      "arrays of one length item by item",
      [1, { a: 1 }, 3],
      [0, { a: 2 }, 3],
      [
        { op: "replace", path: "/0", value: 0 },
        { op: "replace", path: "/1/a", value: 2 },
      ],
    ],
    ["an item at the front", [2, 3], [1, 2, 3], [{ op: "add", path: "/0", value: 1 }]],
    ["an item at the end", { t: [1] }, { t: [1, 2] }, [{ op: "add", path: "/t/1", value: 2 }]],
    ["an item of several alike", [1, 1, 1], [1, 1], [{ op: "remove", path: "/2" }]],
    ["all items", [1], [], [{ op: "replace", path: "", value: [] }]],
    [
      "the middle of an array, out from its end and then in",
      [1, 2, 3, 9],
      [1, 4, 9],
      [
        { op: "remove", path: "/2" },
        { op: "remove", path: "/1" },
        { op: "add", path: "/1", value: 4 },
      ],
    ],
    [
      "constructor as a whole where it has a prototype",
      { constructor: { prototype: { x: 1 }, y: 1 } },
      { constructor: { prototype: { x: 2 }, y: 1 } },
      [{ op: "replace", path: "/constructor", value: { prototype: { x: 2 }, y: 1 } }],
    ],
  ])("names %s", (_name, from, to, patch) => {
    expect(diffJson(from, to)).toEqual(patch);
  });

  test("gives a patch that makes the one of the other, whatever they are", () => {
    const limits = { operationsMax: Number.POSITIVE_INFINITY, bytesMax: Number.POSITIVE_INFINITY };
    fc.assert(
      fc.property(json, json, (from, to) => {
        const patch = diffJson(frozen(from), frozen(to));
        const result = applyJsonPatch(from, patch, limits);
        if (result.kind !== "patched") throw new Error(JSON.stringify({ patch, result }));
        expect(jsonEqual(result.value, to)).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });

  test("gives one however short it must be, then of whole members", () => {
    const from = { a: { b: [1, 2, 3] }, c: 1, d: { e: 1 } };
    const to = { a: { b: [4, 5, 6] }, c: 1, d: { e: 1 }, f: 2 };
    expect(diffJson(from, to, { lengthMax: 100 })).toEqual([
      { op: "replace", path: "/a", value: { b: [4, 5, 6] } },
      { op: "add", path: "/f", value: 2 },
    ]);
    const limits = { operationsMax: Number.POSITIVE_INFINITY, bytesMax: Number.POSITIVE_INFINITY };
    fc.assert(
      fc.property(json, json, fc.nat(200), (some, other, lengthMax) => {
        const result = applyJsonPatch(some, diffJson(frozen(some), frozen(other), { lengthMax }), limits);
        if (result.kind !== "patched") throw new Error(JSON.stringify(result));
        expect(jsonEqual(result.value, other)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test("stays about as long as the two values, where many changes lie deep inside", () => {
    const deep = (item: number): Json => {
      let value: Json = Array.from({ length: 1_000 }, () => item);
      for (let level = 0; level < 60; level += 1) value = { ["k".repeat(1_000)]: value };
      return value;
    };
    const patch = diffJson(deep(1), deep(2));
    expect(JSON.stringify(patch).length).toBeLessThan(2 * JSON.stringify(deep(2)).length);
    const wide = (item: number): Json => ({ a: Array.from({ length: 100_000 }, () => item) });
    expect(diffJson(wide(1), wide(2))).toHaveLength(1);
  });

  test("gives no operation where they are equal, and some where they are not", () => {
    fc.assert(
      fc.property(json, json, (from, to) => {
        expect(diffJson(from, reversed(from))).toEqual([]);
        expect(diffJson(from, to).length > 0).toBe(!jsonEqual(from, to));
      }),
      { numRuns: 2_000 },
    );
  });
});
