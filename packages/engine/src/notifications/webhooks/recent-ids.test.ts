import { expect, test } from "vitest";
import { recentIds } from "./recent-ids.js";

test("an id is new once", () => {
  const isNew = recentIds();
  expect(["a", "b", "a", "b", "c"].map(isNew)).toEqual([true, true, false, false, true]);
});

test("the id that came first is forgotten first, and repeats do not count", () => {
  const isNew = recentIds({ max: 2 });
  expect(["a", "b", "a", "c", "b", "a"].map(isNew)).toEqual([true, true, false, true, false, true]);
});

test("10,000 ids are remembered unless another number is given", () => {
  const isNew = recentIds();
  for (let at = 0; at < 10_001; at += 1) isNew(`evt_${at}`);
  expect(isNew("evt_1")).toBe(false);
  expect(isNew("evt_0")).toBe(true);
});

test("ids of any length are told apart", () => {
  const isNew = recentIds();
  const long = "x".repeat(100_000);
  expect([`${long}a`, `${long}b`, `${long}a`].map(isNew)).toEqual([true, true, false]);
});

test.each([0, -1, 1.5, Number.NaN, "10"])("the number must not be %j", (max) => {
  expect(() => Reflect.apply(recentIds, undefined, [{ max }])).toThrow(
    "recentIds.max must be a whole number of at least 1",
  );
});

test("an option that is not known is refused", () => {
  expect(() => Reflect.apply(recentIds, undefined, [{ size: 1 }])).toThrow("recentIds.size");
});
