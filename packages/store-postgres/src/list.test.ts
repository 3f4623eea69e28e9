import { expect, test } from "vitest";
import { assertPosition } from "./list.js";

const lapsed = { lapsedBefore: 1, limit: 1 };

test.each(["", " 5", "1e3", "0x10", "-1", "99999999999999999"])("no range of what lapsed goes on from %j", (place) => {
  expect(() => assertPosition({ ...lapsed, after: `${place}\u0000a/1` })).toThrow(TypeError);
});

test("a range of what lapsed goes on from a moment and a key", () => {
  expect(() => assertPosition({ ...lapsed, after: "1700000000000\u0000a/1" })).not.toThrow();
});
