import type { StandardSchemaV1 } from "@standard-schema/spec";
import { CallbackError, type ProblemEntry } from "@unclash/core";
import { type Json, type JsonObject, pointerOf } from "@unclash/core/json";
import { isPromise } from "@unclash/core/options";
import { sentences } from "../http/sentences.js";
import { watchPending } from "../options/pending-callbacks.js";
import { storedFields } from "./stored-json.js";

/** A schema of any library that speaks Standard Schema (zod, valibot, arktype, …). Its output is what is stored. */
export type Schema = StandardSchemaV1<unknown, object>;

/** A value as it is stored: of a Date, and of all else with a `toJSON`, what that gives. */
export type JsonForm<Value> = Value extends Json
  ? Value
  : Value extends { toJSON(...args: never[]): infer Form }
    ? Form
    : Value extends object
      ? { readonly [Name in keyof Value]: JsonForm<Value[Name]> }
      : Value;

/** Whether something is a schema; those of arktype are functions. */
export function isSchema(value: unknown): value is Schema {
  const isHolder = typeof value === "function" || (typeof value === "object" && value !== null);
  const standard: unknown = isHolder ? Reflect.get(value, "~standard") : undefined;
  return typeof standard === "object" && standard !== null && typeof Reflect.get(standard, "validate") === "function";
}

/** What of fields does not fit their schema; `count` is of all that is wrong, listed or not. */
export interface Invalid {
  readonly kind: "invalid";
  readonly errors: readonly ProblemEntry[];
  readonly count: number;
}

export type Validation = { readonly kind: "valid"; readonly fields: JsonObject } | Invalid;

/**
 * Checks the fields of a resource of a collection.
 *
 * @throws CallbackError where the schema gives something that is no JSON object
 */
export function validate({ name, schema }: Validated, fields: JsonObject, errorsMax: number): Promise<Validation> {
  return validateShape({ option: `collections.${name}.schema`, schema, name }, fields, errorsMax);
}

/**
 * Checks fields in the shape of one API version.
 *
 * @throws CallbackError where its schema gives something that is no JSON object
 */
export async function validateShape(
  { option, schema, name }: Validated & { readonly option: string },
  fields: JsonObject,
  errorsMax: number,
): Promise<Validation> {
  const checked = await checkFields({ option, schema, waiting: () => `a write of ${name}` }, fields, errorsMax);
  return checked.kind === "valid" ? { kind: "valid", fields: storedFields(option, checked.output) } : checked;
}

/** A schema, and what it is called where it does not settle. */
export interface NamedSchema<Given extends Schema> {
  readonly option: string;
  readonly schema: Given;
  /** Says what waits for it. */
  readonly waiting: () => string;
}

/**
 * Holds fields against a schema, and names all that is wrong: up to `errorsMax` things, and how many more there are. A
 * body of half a million wrong items must not get an answer of many megabytes.
 *
 * @throws CallbackError where the schema throws
 */
export async function checkFields<Given extends Schema>(
  { option, schema, waiting }: NamedSchema<Given>,
  fields: JsonObject,
  errorsMax: number,
): Promise<{ readonly kind: "valid"; readonly output: StandardSchemaV1.InferOutput<Given> } | Invalid> {
  const result = await resultOf({ option, schema, waiting }, fields);
  if (result.issues === undefined) return { kind: "valid", output: result.value };
  const { issues } = result;
  const errors = issues.slice(0, errorsMax).map(entryOf);
  if (issues.length > errorsMax) errors.push(moreErrors(issues.length - errorsMax));
  return { kind: "invalid", errors, count: issues.length };
}

/**
 * What a schema gives. It may find fault with fields; where it throws, it is at fault itself, and nothing in its error
 * says whose schema it is.
 *
 * @throws CallbackError that names it; what unclash throws, in what it calls, as it is
 */
async function resultOf<Given extends Schema>(
  { option, schema, waiting }: NamedSchema<Given>,
  fields: JsonObject,
): Promise<StandardSchemaV1.Result<StandardSchemaV1.InferOutput<Given>>> {
  try {
    const checked = schema["~standard"].validate(fields);
    return isPromise(checked) ? await watchPending(option, checked, waiting) : checked;
  } catch (cause) {
    if (isOwnError(cause)) throw cause;
    throw new CallbackError(option, `threw, in place of naming issues, for ${waiting()}: ${String(cause)}`, { cause });
  }
}

function isOwnError(thrown: unknown): boolean {
  return thrown instanceof Error && "code" in thrown && String(thrown.code).startsWith("ERR_UNCLASH_");
}

interface Validated {
  readonly name: string;
  readonly schema: Schema;
}

/** The last entry of a list that is not whole. */
function moreErrors(count: number): ProblemEntry {
  const detail = sentences.moreInvalid(count);
  return { code: "too-many-errors", pointer: "", detail };
}

function entryOf(issue: StandardSchemaV1.Issue): ProblemEntry {
  const path = (issue.path ?? []).map((segment) => (typeof segment === "object" ? segment.key : segment));
  return {
    pointer: pointerOf(path.map((key) => (typeof key === "number" ? key : String(key)))),
    detail: issue.message,
  };
}
