import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareCodePoints } from "./code-points.js";

describe("compareCodePoints", () => {
  it("puts characters outside the basic plane behind all of those inside", () => {
    const texts = ["\u{10ffff}", "\uffff", "\ue000", "😀", "\ud7ff", "a", ""];
    expect(texts.sort(compareCodePoints)).toEqual(["", "a", "\ud7ff", "\ue000", "\uffff", "😀", "\u{10ffff}"]);
  });

  it("orders any two texts as their bytes in UTF-8", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: fc.constantFrom("a", "\ud7ff", "\ue000", "𐀀", "😀") }),
    );
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareCodePoints(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });
});
