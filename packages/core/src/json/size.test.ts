import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { json } from "./arbitrary.test-support.js";
import { extentOf } from "./size.js";
import type { Json } from "./value.js";

const bytesOf = (value: Json) => Buffer.byteLength(JSON.stringify(value));

describe("extentOf", () => {
  test.each<[Json, number, number, number]>([
    ["a", 0, 0, 0],
    [[], 0, 0, 1],
    [{ a: { b: [] }, c: [{ d: 1 }] }, 4, 5, 3],
    [[[[]], {}], 0, 3, 3],
  ])("counts in %j %i members, %i values and %i levels", (value, keys, values, depth) => {
    expect(extentOf(value, "exactly")).toMatchObject({ keys, values, depth });
    expect(extentOf(value, "at-most")).toMatchObject({ keys, values, depth });
  });

  test("counts each character of the first plane as JSON.stringify and UTF-8 write it", () => {
    for (let unit = 0; unit < 0x1_0000; unit++) {
      if (unit >= 0xd800 && unit < 0xe000) continue;
      const text = String.fromCharCode(unit);
      if (extentOf(text, "exactly").bytes !== bytesOf(text)) expect.fail(`U+${unit.toString(16)}`);
    }
    expect(extentOf("\u{1f600}\u{10ffff}", "exactly").bytes).toBe(10);
  });

  test("counts what JSON.stringify writes, in bytes of UTF-8, or without reading it at least as much", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(extentOf(value, "exactly").bytes).toBe(bytesOf(value));
        expect(extentOf(value, "at-most").bytes).toBeGreaterThanOrEqual(bytesOf(value));
      }),
      { numRuns: 2_000 },
    );
  });

  test("knows the longest of numbers and characters", () => {
    for (const value of [-1.2345678901234567e-6, -Number.MAX_VALUE, -Number.MIN_VALUE, -1 / 3e300, "\u0001\u0001"]) {
      expect(extentOf(value, "at-most").bytes).toBeGreaterThanOrEqual(bytesOf(value));
    }
  });

  test("does not recurse", () => {
    let value: Json = [];
    for (let level = 1; level < 100_000; level++) value = [value];
    expect(extentOf(value, "exactly")).toEqual({ bytes: 200_000, keys: 0, values: 99_999, depth: 100_000 });
  });
});
