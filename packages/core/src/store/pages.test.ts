import { expect, test } from "vitest";
import { pageBytesMax } from "./misuse.js";
import { countOnPage, pageBytesOf } from "./pages.js";

test.each([
  [[], 10, 0],
  [[4, 5], 10, 2],
  [[4, 6, 1], 10, 2],
  [[11, 1], 10, 1],
  [[0, 0, 10, 0], 10, 3],
  [[pageBytesMax, 1], undefined, 1],
])("of texts of %j bytes, a page of at most %j holds %i", (sizes, bytesMax, count) => {
  expect(countOnPage(sizes, (size) => size, bytesMax)).toBe(count);
});

test("a page has 8 MiB at most, whatever is asked for", () => {
  expect([pageBytesOf(), pageBytesOf({ textBytesMax: 5 }), pageBytesOf({ textBytesMax: pageBytesMax + 1 })]).toEqual([
    8_388_608, 5, 8_388_608,
  ]);
});
