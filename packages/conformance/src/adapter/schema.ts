import type { Schema } from "unclash";

/** What a field must hold; one with a `?` may be left out. */
export type FieldKind = "text" | "text?" | "number" | "number?" | "texts?";

const checks: Readonly<Record<FieldKind, (value: unknown) => boolean>> = {
  text: (value) => typeof value === "string",
  "text?": (value) => value === undefined || typeof value === "string",
  number: (value) => typeof value === "number",
  "number?": (value) => value === undefined || typeof value === "number",
  "texts?": (value) => value === undefined || (Array.isArray(value) && value.every((item) => typeof item === "string")),
};

type Issue = { readonly message: string; readonly path: readonly string[] };

/** A schema for the suite's collections (Standard Schema): these fields, and no others. It names all that is wrong. */
export function shape(fields: Readonly<Record<string, FieldKind>>): Schema {
  return schemaOf((given) => [
    ...Object.entries(fields).flatMap(([name, kind]) =>
      checks[kind](given[name]) ? [] : issue(name, `must be ${kind}`),
    ),
    ...Object.keys(given).flatMap((name) => (Object.hasOwn(fields, name) ? [] : issue(name, "is unknown"))),
  ]);
}

/** A schema that takes any JSON object. */
export const anything: Schema = schemaOf(() => []);

function schemaOf(issuesOf: (given: Readonly<Record<string, unknown>>) => readonly Issue[]): Schema {
  return {
    "~standard": {
      version: 1,
      vendor: "unclash-conformance",
      validate(value) {
        if (typeof value !== "object" || value === null)
          return { issues: [{ message: "must be an object", path: [] }] };
        const issues = issuesOf({ ...value });
        return issues.length > 0 ? { issues } : { value };
      },
    },
  };
}

function issue(name: string, problem: string): Issue {
  return { message: `${name} ${problem}`, path: [name] };
}
