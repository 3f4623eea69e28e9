import { expect, test } from "vitest";
import { z } from "zod";
import type { Schema } from "./schema.js";
import { schemaFields } from "./schema-fields.js";

const field = z.string();

test.each<[string, Schema, readonly string[], boolean]>([
  ["an object", z.object({ title: field }), ["title"], false],
  ["a strict object", z.strictObject({ title: field }), ["title"], false],
  ["a loose object", z.looseObject({ title: field }), ["title"], true],
  ["an object with a catchall", z.object({ title: field }).catchall(field), ["title"], true],
  ["a refined object", z.object({ title: field }).refine(() => true), ["title"], false],
])("of %s of zod the fields are known, and whether it takes others", (_name, schema, names, isOpen) => {
  expect(schemaFields(schema)).toEqual({ names: new Set(names), isOpen });
});

/** A schema of some other library, that can't be looked into. */
function opaque(schema: Schema, more: object = {}): Schema {
  return { "~standard": schema["~standard"], ...more };
}

test("of valibot's schemas too; of others nothing is known", () => {
  const entries = { title: {} };
  const of = (type: string) => schemaFields(opaque(z.object({}), { type, entries }));
  expect([of("object"), of("strict_object"), of("loose_object")].map((known) => known?.isOpen)).toEqual([
    false,
    false,
    true,
  ]);
  expect(of("object")?.names).toEqual(new Set(["title"]));
  expect(schemaFields(opaque(z.object({ title: field })))).toBeUndefined();
  expect(schemaFields(z.object({ title: field }).transform((value) => value))).toBeUndefined();
});
