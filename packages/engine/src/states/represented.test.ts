import { CallbackError } from "@unclash/core";
import { expect, test } from "vitest";
import { representedObject } from "./represented.js";

test("a row is shown as JSON: dates as text, and nothing for what has no value", () => {
  const at = new Date("2026-11-28T10:00:00.000Z");
  const price = { toJSON: () => "1.50" };
  const row = { id: 1, at, price, gone: undefined, nested: { list: [at, undefined, null] } };
  expect(representedObject("represent", row)).toEqual(JSON.parse(JSON.stringify(row)));
});

const cycle: { self?: unknown } = {};
cycle.self = cycle;

test.each<[what: string, given: object, said: string]>([
  ["a bigint", { price: 5n }, "and returned the bigint 5 at /price"],
  ["a Map", { a: [new Map()] }, "an object of the class Map at /a/0"],
  ["a Set", { a: new Set() }, "an object of the class Set at /a"],
  ["NaN", { a: Number.NaN }, "NaN at /a"],
  ["Infinity", { a: Number.POSITIVE_INFINITY }, "Infinity at /a"],
  ["a function", { a: () => 1 }, "the function a at /a"],
  ["a symbol", { a: Symbol("a") }, "a symbol at /a"],
  ["an invalid date", { a: new Date(Number.NaN) }, "an object of the class Date at /a"],
  ["a typed array", { a: new Float32Array(1) }, "Float32Array at /a"],
  ["what leads back to itself", cycle, "/self/self"],
  ["an array", [1], "and returned [1]"],
])("what is no JSON is refused by name: %s", (_what, given, said) => {
  expect(() => representedObject("represent", given)).toThrow(CallbackError);
  expect(() => representedObject("represent", given)).toThrow(said);
});
