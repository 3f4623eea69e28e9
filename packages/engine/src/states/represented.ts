import { CallbackError } from "@unclash/core";
import type { Json, JsonObject } from "@unclash/core/json";
import { describeValue } from "@unclash/core/options";

/** As deep as JSON is read: what is deeper leads back to itself. */
const depthMax = 64;

/** Makes the error for what is no JSON. @param problem such as: `must return an object …, and returned 5n` */
export type JsonFault = (problem: string) => Error;

/**
 * What a function of the app's gave, as clients get it: JSON, where dates are texts and members without a value are
 * left out.
 *
 * @throws CallbackError, or what `fault` makes, that names the place of what is no JSON: a bigint, a `Map`, `NaN`
 */
export function representedObject(
  callback: string,
  given: object,
  fault: JsonFault = (problem) => new CallbackError(callback, problem),
): JsonObject {
  const json = jsonOf(fault, given, "", 0);
  if (typeof json === "object" && json !== null && !isList(json)) return json;
  throw noJson(fault, given, "");
}

function jsonOf(fault: JsonFault, value: unknown, path: string, depth: number): Json | undefined {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (value === undefined) return undefined;
  if (typeof value !== "object" || depth > depthMax) throw noJson(fault, value, path);
  if ("toJSON" in value && typeof value.toJSON === "function") {
    const given: unknown = value.toJSON();
    // What gives itself, or `null` for an invalid date, must not go round, or pass for a value.
    if (given === value || given === null) throw noJson(fault, value, path);
    return jsonOf(fault, given, path, depth + 1);
  }
  if (Array.isArray(value)) return value.map((item, at) => jsonOf(fault, item, `${path}/${at}`, depth + 1) ?? null);
  if (
    value instanceof Map ||
    value instanceof Set ||
    value instanceof RegExp ||
    value instanceof Error ||
    ArrayBuffer.isView(value)
  )
    throw noJson(fault, value, path);
  const members = Object.entries(value).flatMap(([name, member]) => {
    const json = jsonOf(fault, member, `${path}/${name}`, depth + 1);
    return json === undefined ? [] : [[name, json] as const];
  });
  return Object.fromEntries(members);
}

function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}

function noJson(fault: JsonFault, value: unknown, path: string): Error {
  const where = path === "" ? "" : ` at ${path}`;
  const described = typeof value === "bigint" ? `the bigint ${value}` : describeValue(value);
  return fault(`must return an object that can be sent as JSON, and returned ${described}${where}`);
}
