import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatCursor, parseCursor } from "./cursor.js";

const place = fc.record({
  position: fc.maxSafeNat(),
  index: fc.integer({ min: 0, max: 999 }),
  tag: fc.stringMatching(/^[\w-]{0,16}$/),
});

describe("a cursor", () => {
  it("is read as the place that it was written for", () => {
    fc.assert(
      fc.property(place, (written) => {
        expect(parseCursor(formatCursor(written))).toEqual(written);
      }),
    );
  });

  it("of a later event is the greater text", () => {
    fc.assert(
      fc.property(place, place, (a, b) => {
        const order = Math.sign(a.position - b.position) || Math.sign(a.index - b.index);
        if (order !== 0) expect(formatCursor(a) < formatCursor(b)).toBe(order < 0);
      }),
    );
  });

  it("keeps as much of a long tag as tells logs apart", () => {
    expect(formatCursor({ position: 12, index: 3, tag: "t".repeat(64) })).toBe(
      `0000000000000012.003.${"t".repeat(16)}`,
    );
  });

  it.each([
    "",
    "start",
    "now",
    "-1",
    "1e99",
    "12.3.",
    "9".repeat(16),
    `${"9".repeat(16)}.000.`,
    "0000000000000012.003.a\r\nb",
  ])("is not %j", (text) => expect(parseCursor(text)).toBeUndefined());
});
