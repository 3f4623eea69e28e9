import { expect, test } from "vitest";
import { readRetryAfter } from "./retry-after.js";

const now = Date.UTC(2026, 10, 22, 10, 0, 0, 500);

test.each<[string | undefined, number | undefined]>([
  [undefined, undefined],
  ["0", 0],
  ["120", 120],
  ["86400", 86_400],
  ["86401", 86_400],
  ["9".repeat(400), 86_400],
  ["Sun, 22 Nov 2026 10:00:01 GMT", 1],
  ["Sun, 22 Nov 2026 10:02:00 GMT", 120],
  ["Sunday, 22-Nov-26 10:02:00 GMT", 120],
  ["Sun, 22 Nov 2026 09:00:00 GMT", 0],
  ["Sun, 22 Nov 2027 10:00:00 GMT", 86_400],
  ["", undefined],
  ["-1", undefined],
  ["1.5", undefined],
  ["1e9", undefined],
  ["120, 60", undefined],
  ["soon", undefined],
])("Retry-After: %s is %s seconds", (field, seconds) => {
  expect(readRetryAfter(field, now)).toBe(seconds);
});
