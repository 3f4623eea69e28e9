import fc from "fast-check";
import { expect, test } from "vitest";
import { copyOf, json, reversed } from "./arbitrary.test-support.js";
import { jsonEqual } from "./equal.js";
import { Interner, TextLengths } from "./interner.js";

test("two values have one number exactly where they are equal", () => {
  const interner = new Interner();
  fc.assert(
    fc.property(json, json, (a, b) => {
      expect(interner.numberOf(a) === interner.numberOf(b)).toBe(jsonEqual(a, b));
      expect(interner.numberOf(reversed(a)) === interner.numberOf(a)).toBe(jsonEqual(reversed(a), a));
      expect(interner.numberOf(copyOf(a))).toBe(interner.numberOf(a));
    }),
    { numRuns: 1_000 },
  );
  const alike = [0, "0", [0], ["0"], { 0: 0 }, [[0]], [0, 0], "[0,", null, "null", false, ""];
  expect(new Set(alike.map((value) => interner.numberOf(value))).size).toBe(alike.length);
  expect(interner.numberOf(-0)).toBe(interner.numberOf(0));
});

test("a length is that of the text", () => {
  const lengths = new TextLengths();
  fc.assert(fc.property(json, (value) => lengths.lengthOf(value) === JSON.stringify(value).length));
});
