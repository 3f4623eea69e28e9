import { expect, test } from "vitest";
import { errorOf } from "./arguments.js";

test("an error, or any object, is passed on as it is", () => {
  for (const thrown of [new Error("a"), { status: 400 }]) expect(errorOf(thrown)).toBe(thrown);
});

test.each([undefined, null, 0, "", "route"])("%j is wrapped, so that next does not take it for no error", (thrown) => {
  expect(errorOf(thrown)).toMatchObject({ cause: thrown });
  expect(errorOf(thrown)).toBeInstanceOf(Error);
});
