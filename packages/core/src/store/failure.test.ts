import { expect, test } from "vitest";
import { StoreError } from "../errors.js";
import { asStoreError, ifInstalled, messageOf } from "./failure.js";

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

test("a package that is not installed is nothing, and one that can't be loaded fails", async () => {
  const failing = (code: string) => async (): Promise<never> => {
    throw Object.assign(new Error("not loaded"), { code });
  };
  expect(await ifInstalled(async () => "driver")).toBe("driver");
  expect(await ifInstalled(failing("ERR_MODULE_NOT_FOUND"))).toBeUndefined();
  expect(await ifInstalled(failing("MODULE_NOT_FOUND"))).toBeUndefined();
  await expect(ifInstalled(failing("ERR_DLOPEN_FAILED"))).rejects.toThrow("not loaded");
});
