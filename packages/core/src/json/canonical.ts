import { isJsonArray, type Json } from "./value.js";

/**
 * The canonical text of a value by the JSON Canonicalization Scheme (RFC 8785): members sorted by their names' UTF-16
 * code units, no white space, numbers as ECMAScript prints them. Equal values have equal texts, so it is what content
 * hashes and fingerprints are made of (over its UTF-8).
 *
 * Throws a TypeError for what has no canonical text, NaN, Infinity and surrogates without a partner, and recurses as
 * deep as the value goes: check what came from outside with `checkJson` first.
 */
export function canonicalJson(value: Json): string {
  if (typeof value === "string") return canonicalString(value);
  if (typeof value === "number" && !Number.isFinite(value)) throw new TypeError("Only finite numbers are JSON.");
  if (typeof value !== "object" || value === null) return String(value);
  if (isJsonArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  let text = "";
  for (const name of Object.keys(value).sort()) {
    const member = value[name];
    if (member === undefined) continue;
    text += `${text === "" ? "" : ","}${canonicalString(name)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}

function canonicalString(text: string): string {
  // JSON.stringify would write such a surrogate as an escape, and two different texts could hash alike.
  if (!text.isWellFormed()) throw new TypeError("The text holds a surrogate without its partner.");
  return JSON.stringify(text);
}
