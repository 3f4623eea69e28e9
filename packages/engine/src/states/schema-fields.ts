import type { Schema } from "./schema.js";

/** What can be seen of a schema's fields. */
export interface SchemaFields {
  readonly names: ReadonlySet<string>;
  /** Whether it takes fields besides, or may: then a name that is not there is no mistake. */
  readonly isOpen: boolean;
}

/**
 * Reads the fields of an object schema off zod's `shape` and valibot's `entries`; nothing of any other schema, which
 * Standard Schema does not let look into.
 */
export function schemaFields(schema: Schema): SchemaFields | undefined {
  const shape = member(schema, "shape");
  if (isRecord(shape)) return { names: new Set(Object.keys(shape)), isOpen: isOpenZod(schema) };
  const entries = member(schema, "entries");
  if (!isRecord(entries)) return undefined;
  const isClosed = ["object", "strict_object"].includes(String(member(schema, "type")));
  return { names: new Set(Object.keys(entries)), isOpen: !isClosed };
}

/** By zod 4's `catchall`, and zod 3's `unknownKeys`. */
function isOpenZod(schema: Schema): boolean {
  const of3 = member(schema, "_def");
  const unknownKeys = member(of3, "unknownKeys");
  if (typeof unknownKeys === "string") {
    return unknownKeys === "passthrough" || member(member(member(of3, "catchall"), "_def"), "typeName") !== "ZodNever";
  }
  const definition = member(schema, "def");
  if (!isRecord(definition)) return true;
  const { catchall } = definition;
  return catchall !== undefined && member(member(catchall, "def"), "type") !== "never";
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function member(holder: unknown, name: string): unknown {
  return isRecord(holder) || typeof holder === "function" ? Reflect.get(holder, name) : undefined;
}
