import { CallbackError } from "@unclash/core";
import type { Json, JsonObject } from "@unclash/core/json";
import { describeValue } from "@unclash/core/options";

/** As deep as JSON is read: what is deeper leads back to itself. */
const depthMax = 64;

/**
 * What a function of the app's gave, as clients get it: JSON, where dates are texts and members without a value are
 * left out.
 *
 * @throws CallbackError that names the place of what is no JSON: a bigint, a `Map`, `NaN`
 */
export function representedObject(callback: string, given: object): JsonObject {
  const json = jsonOf(callback, given, "", 0);
  if (typeof json === "object" && json !== null && !isList(json)) return json;
  throw new CallbackError(
    callback,
    `must return an object that can be sent as JSON, and returned ${describeValue(given)}`,
  );
}

function jsonOf(callback: string, value: unknown, path: string, depth: number): Json | undefined {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (value === undefined) return undefined;
  if (typeof value !== "object" || depth > depthMax) throw noJson(callback, value, path);
  if ("toJSON" in value && typeof value.toJSON === "function") {
    const given: unknown = value.toJSON();
    // What gives itself, or `null` for an invalid date, must not go round, or pass for a value.
    if (given === value || given === null) throw noJson(callback, value, path);
    return jsonOf(callback, given, path, depth + 1);
  }
  if (Array.isArray(value)) return value.map((item, at) => jsonOf(callback, item, `${path}/${at}`, depth + 1) ?? null);
  if (
    value instanceof Map ||
    value instanceof Set ||
    value instanceof RegExp ||
    value instanceof Error ||
    ArrayBuffer.isView(value)
  )
    throw noJson(callback, value, path);
  const members = Object.entries(value).flatMap(([name, member]) => {
    const json = jsonOf(callback, member, `${path}/${name}`, depth + 1);
    return json === undefined ? [] : [[name, json] as const];
  });
  return Object.fromEntries(members);
}

function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}

function noJson(callback: string, value: unknown, path: string): CallbackError {
  const where = path === "" ? "" : ` at ${path}`;
  return new CallbackError(
    callback,
    `must return an object that can be sent as JSON, and returned ${describeValue(value)}${where}`,
  );
}
