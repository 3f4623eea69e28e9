import fc from "fast-check";
import { expect, test } from "vitest";
import { escapeNul, unescapeNul } from "./nul.js";

const text = fc.string({ unit: fc.constantFrom("\u0000", "\u0001", "\u0002", "a", "é", "𝒳") });

test("what was escaped comes back, and holds no NUL in between", () => {
  fc.assert(
    fc.property(text, (value) => {
      expect(escapeNul(value)).not.toContain("\u0000");
      expect(unescapeNul(escapeNul(value))).toBe(value);
    }),
  );
});

test("escaped texts stand in the same order of bytes", () => {
  const order = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(order(escapeNul(a), escapeNul(b))).toBe(order(a, b));
    }),
  );
});
