/** A value that JSON can hold (RFC 8259). Readonly: unclash never changes a value in place, so values may be shared. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object. Only its own members count, whatever stands on its prototype. */
export interface JsonObject {
  readonly [name: string]: Json;
}

/** Whether this is an object: neither an array nor `null`. */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether this is an array. `Array.isArray` does not narrow readonly arrays. */
export function isJsonArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
