import type { StandardSchemaV1 } from "@standard-schema/spec";
import { type JsonObject, type ProblemEntry, pointerOf } from "@unclash/core";

/** A schema of any library that speaks Standard Schema (zod, valibot, arktype, …). Its output is what is stored. */
export type Schema = StandardSchemaV1<unknown, object>;

/** Whether something is a schema; those of arktype are functions. */
export function isSchema(value: unknown): value is Schema {
  const isHolder = typeof value === "function" || (typeof value === "object" && value !== null);
  const standard: unknown = isHolder ? Reflect.get(value, "~standard") : undefined;
  return typeof standard === "object" && standard !== null && typeof Reflect.get(standard, "validate") === "function";
}

export type Validation =
  | { readonly kind: "valid"; readonly fields: JsonObject }
  | { readonly kind: "invalid"; readonly errors: readonly ProblemEntry[] };

/** What is said of one content at most: a body of half a million wrong items must not get an answer of many megabytes. */
const issuesMax = 100;

/** Checks the fields of a resource, and names all that is wrong, up to a hundred things. The output must be a JSON object. */
export async function validate(schema: Schema, fields: JsonObject): Promise<Validation> {
  const checked = schema["~standard"].validate(fields);
  const result = checked instanceof Promise ? await checked : checked;
  if (result.issues === undefined) return { kind: "valid", fields: jsonFields(result.value) };
  return { kind: "invalid", errors: result.issues.slice(0, issuesMax).map(entryOf) };
}

function entryOf(issue: StandardSchemaV1.Issue): ProblemEntry {
  const path = (issue.path ?? []).map((segment) => (typeof segment === "object" ? segment.key : segment));
  return {
    pointer: pointerOf(path.map((key) => (typeof key === "number" ? key : String(key)))),
    detail: issue.message,
  };
}

function jsonFields(output: object): JsonObject {
  if (!isPlainObject(output)) throw new TypeError("A collection's schema must give a plain object.");
  return output;
}

/** What a schema gives is the app's own: that its values are JSON too is its author's part. */
function isPlainObject(value: object | null): value is JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return !("toJSON" in value && typeof value.toJSON === "function");
}
