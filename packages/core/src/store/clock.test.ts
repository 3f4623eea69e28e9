import { expect, test } from "vitest";
import { checkedClock } from "./clock.js";

test("a clock returns whole milliseconds, and what it returns is handed on", () => {
  let now = 5;
  const clock = checkedClock(() => now);
  now = 7;
  expect(clock()).toBe(7);
});

test.each([
  ["a Date", new Date(5), "an object of the class Date"],
  ["a fraction", 1.5, "1.5"],
  ["NaN", Number.NaN, "NaN"],
  ["nothing", undefined, "undefined"],
  ["a text", "5", '"5"'],
  ["a bigint", 5n, "5"],
  ["a promise", Promise.resolve(5), "a promise"],
])("a clock that returns %s is refused, at once and later", (_what, wrong, shown) => {
  let now: unknown = wrong;
  const check = (): (() => unknown) => Reflect.apply(checkedClock, undefined, [() => now]);
  const says = `clock must return whole milliseconds since 1970, as Date.now does, and returned ${shown}`;
  expect(check).toThrow(says);
  now = 5;
  const checked = check();
  now = wrong;
  expect(checked).toThrow(says);
});
