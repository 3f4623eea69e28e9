import { describe, expect, it } from "vitest";
import { median } from "./median.js";

describe("median", () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
    [[7], 7],
    [[10, 9, 100], 10],
  ])("of %j is %d", (numbers, expected) => {
    expect(median(numbers)).toBe(expected);
  });

  it("does not exist where there is no number", () => {
    expect(() => median([])).toThrow(TypeError);
  });
});
