import { isJsonArray, type Json, type JsonObject } from "./value.js";

/**
 * Whether two values are the same in the sense of RFC 6902 §4.6: numbers by value (so -0 is 0), strings unit by unit,
 * arrays item by item, objects by their own members in any order. Parts that the two share are not walked.
 *
 * It recurses as deep as both values go: check what came from outside with `checkJson` first.
 */
export function jsonEqual(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (isJsonArray(a)) return isJsonArray(b) && sameItems(a, b);
  return !isJsonArray(b) && sameMembers(a, b);
}

function sameItems(a: readonly Json[], b: readonly Json[]): boolean {
  return a.length === b.length && a.every((item, index) => same(item, b[index]));
}

function sameMembers(a: JsonObject, b: JsonObject): boolean {
  const names = Object.keys(a);
  const others = Object.keys(b);
  if (names.length !== others.length) return false;
  // Members mostly come in the same order, and then the lookup by name is not needed.
  return names.every((name, index) => (others[index] === name || Object.hasOwn(b, name)) && same(a[name], b[name]));
}

function same(a: Json | undefined, b: Json | undefined): boolean {
  return a !== undefined && b !== undefined && jsonEqual(a, b);
}
