import { expect, test } from "vitest";
import { StoreError } from "../errors.js";
import { asStoreError, messageOf } from "./failure.js";

test.each([
  [new Error("away"), "away"],
  [new AggregateError([new Error("no route"), new Error("refused")], ""), "no route; refused"],
  [new AggregateError([new Error("refused")], "all failed"), "all failed"],
  ["a word", "a word"],
])("what %s says", (thrown, message) => {
  expect(messageOf(thrown)).toBe(message);
});

test("a driver's failure becomes a StoreError with its cause, and a StoreError stays what it is", () => {
  const cause = new Error("away");
  const error = asStoreError("Redis", cause, "unknown");
  expect(error).toMatchObject({ message: "Redis failed: away", outcome: "unknown", cause });
  expect(asStoreError("Redis", error, "not-applied")).toBe(error);
  expect(error).toBeInstanceOf(StoreError);
});
