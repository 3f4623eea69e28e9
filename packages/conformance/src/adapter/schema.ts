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

/** What a member `kind` can have this schema give in its place, as a transformation of an app's might. */
const oddities: Readonly<Record<string, () => unknown>> = {
  map: () => new Map([["a", 1]]),
  nan: () => Number.NaN,
  bigint: () => 1n,
  hole: () => [undefined],
  function: () => () => 1,
  date: () => new Date(0),
};

/** A schema that turns `kind` into `at`, a value for which JSON may have no form. */
export const oddly: Schema = {
  "~standard": {
    version: 1,
    vendor: "unclash-conformance",
    validate(value) {
      const kind = typeof value === "object" && value !== null && "kind" in value ? String(value.kind) : "";
      return { value: { at: oddities[kind]?.() } };
    },
  },
};

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
