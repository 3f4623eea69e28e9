import { CallbackError, StoreError } from "@unclash/core";
import { expect, test } from "vitest";
import { z } from "zod";
import { checkFields, type Schema, validate } from "./schema.js";

const loose = z.looseObject({});
const giving = (output: object) => ({ name: "notes", schema: loose.transform(() => output) });

class Point {
  readonly x = 1;
}

const ring: Record<string, unknown> = {};
ring["ring"] = ring;

test.each<[what: string, output: object, said: string]>([
  ["an array", [], "a plain object"],
  ["what turns into something else as JSON", { toJSON: () => "a text" }, "a plain object"],
  ["a Map", { a: new Map([["b", 1]]) }, "/a"],
  ["a Set in a list", { a: [1, new Set([1])] }, "/a/1"],
  ["NaN", { a: { "b/c": Number.NaN } }, "/a/b~1c"],
  ["Infinity", { a: Number.POSITIVE_INFINITY }, "/a"],
  ["a bigint", { a: 1n }, "/a"],
  ["undefined in a list", { a: [undefined] }, "/a/0"],
  ["a hole in a list", { a: new Array(2) }, "/a/0"],
  ["a function", { a: () => 1 }, "/a"],
  ["a symbol", { a: Symbol("a") }, "/a"],
  ["an invalid Date", { a: new Date(Number.NaN) }, "/a"],
  ["an object of a class", { a: new Point() }, "/a"],
  ["a RegExp", { a: /x/ }, "/a"],
  ["an Error", { a: new Error("x") }, "/a"],
  ["a promise", { a: Promise.resolve(1) }, "/a"],
  ["itself", ring, "levels deep"],
  ["a form in JSON that is none", { a: { toJSON: () => Number.NaN } }, "/a"],
])("a schema that gives %s is a mistake of the app's", async (_what, output, said) => {
  const validated = validate(giving(output), {}, 100);
  await expect(validated).rejects.toBeInstanceOf(CallbackError);
  await expect(validated).rejects.toThrow("collections.notes.schema");
  await expect(validated).rejects.toThrow(said);
});

test("what has a form in JSON is that form, before any rule sees it", async () => {
  const output = {
    at: new Date(0),
    where: [new URL("https://a.example/b")],
    deep: { at: new Date(1), n: -0.5, "": null },
    left: undefined,
    point: { toJSON: () => ({ x: 1, at: new Date(2) }) },
  };
  expect(await validate(giving(output), {}, 100)).toStrictEqual({
    kind: "valid",
    fields: {
      at: "1970-01-01T00:00:00.000Z",
      where: ["https://a.example/b"],
      deep: { at: "1970-01-01T00:00:00.001Z", n: -0.5, "": null },
      point: { x: 1, at: "1970-01-01T00:00:00.002Z" },
    },
  });
});

test.each([
  [1, 2, 1, undefined],
  [2, 2, 2, undefined],
  [3, 2, 3, "One more thing is not valid."],
  [500, 2, 3, "498 more things are not valid."],
])("of %d things that are wrong, %d are listed, and how many more there are", async (count, max, entries, more) => {
  const items = { name: "notes", schema: z.object({ items: z.array(z.number()) }) };
  const checked = await validate(items, { items: Array(count).fill("x") }, max);
  const errors = checked.kind === "invalid" ? checked.errors : [];
  expect(checked).toMatchObject({ kind: "invalid", count });
  expect(errors.length).toBe(entries);
  expect(errors.find(({ code }) => code === "too-many-errors")?.detail).toBe(more);
});

const broken = new TypeError("x is not a function");
const throwing = (validate: () => never): Schema => ({ "~standard": { version: 1, vendor: "test", validate } });

test.each<[how: string, schema: Schema]>([
  [
    "throws",
    throwing(() => {
      throw broken;
    }),
  ],
  ["rejects", { "~standard": { version: 1, vendor: "test", validate: () => Promise.reject(broken) } }],
])("a schema that %s is named, with what it threw as the cause", async (_how, schema) => {
  const validated: unknown = await validate({ name: "notes", schema }, {}, 100).catch((error: unknown) => error);
  expect(validated).toBeInstanceOf(CallbackError);
  expect(validated).toMatchObject({ callback: "collections.notes.schema", cause: broken });
  expect(String(validated)).toContain("threw, in place of naming issues, for a write of notes: TypeError: x is not");
  const named = { option: "applyChange.schema", schema, waiting: () => "PUT /notes/1" };
  await expect(checkFields(named, {}, 100)).rejects.toThrow(
    "applyChange.schema threw, in place of naming issues, for PUT",
  );
});

test("what unclash throws in a schema is handed on as it is", async () => {
  const away = new StoreError("away", "not-applied");
  const schema = throwing(() => {
    throw away;
  });
  await expect(validate({ name: "notes", schema }, {}, 100)).rejects.toBe(away);
});

test("a member that is named toJSON is data like any other", async () => {
  const plain = { name: "notes", schema: loose };
  expect(await validate(plain, { toJSON: "x" }, 100)).toEqual({ kind: "valid", fields: { toJSON: "x" } });
});
