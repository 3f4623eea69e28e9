import { expect, test } from "vitest";
import { z } from "zod";
import { validate } from "./schema.js";

const text = { toJSON: () => "a text" };

test.each([
  ["an array", z.looseObject({}).transform(() => [])],
  ["what turns into something else as JSON", z.looseObject({}).transform(() => text)],
])("a schema that gives %s is a mistake of the app's", async (_name, schema) => {
  await expect(validate(schema, {})).rejects.toThrow("plain object");
});

test("a member that is named toJSON is data like any other", async () => {
  expect(await validate(z.looseObject({}), { toJSON: "x" })).toEqual({ kind: "valid", fields: { toJSON: "x" } });
});
