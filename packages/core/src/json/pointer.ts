import { isJsonArray, isJsonObject, type Json } from "./value.js";

/** What `parsePointer` gives. */
export type ParsedPointer =
  | { readonly kind: "pointer"; readonly tokens: readonly string[] }
  | { readonly kind: "malformed"; readonly code: "malformed-pointer"; readonly detail: string };

/**
 * Reads a JSON Pointer in its string form (RFC 6901 §3): `""` is the whole document, `/a~1b/0` the tokens `a/b`, `0`.
 * Malformed are text that does not begin with `/`, and a `~` without 0 or 1 after it. The detail never echoes the text.
 */
export function parsePointer(text: string): ParsedPointer {
  if (text === "") return { kind: "pointer", tokens: [] };
  if (!text.startsWith("/")) return malformed('A JSON Pointer is empty or begins with "/".');
  const stray = text.search(/~(?![01])/);
  if (stray >= 0) return malformed(`The "~" at position ${stray} is not followed by 0 or 1.`);
  const raw = text.slice(1).split("/");
  return { kind: "pointer", tokens: text.includes("~") ? raw.map(unescapeToken) : raw };
}

/** Writes tokens as a JSON Pointer. The inverse of `parsePointer`. */
export function formatPointer(tokens: readonly string[]): string {
  let text = "";
  for (const token of tokens) text += `/${escapeToken(token)}`;
  return text;
}

/** The JSON Pointer to a place that was reached through these member names and array indices. */
export function pointerOf(path: readonly (string | number)[]): string {
  let text = "";
  for (const step of path) text += typeof step === "number" ? `/${step}` : `/${escapeToken(step)}`;
  return text;
}

/**
 * The value that the tokens lead to, or `undefined` where there is none (RFC 6901 §4). Members are own members only,
 * array indices are digits without leading zeros, and `-`, the place past an array's end, holds nothing.
 */
export function evaluatePointer(document: Json, tokens: readonly string[]): Json | undefined {
  let value: Json | undefined = document;
  for (const token of tokens) {
    if (isJsonArray(value)) value = value[parseIndex(token) ?? -1];
    else if (isJsonObject(value) && Object.hasOwn(value, token)) value = value[token];
    else return undefined;
  }
  return value;
}

/** Whether the two pointers are the same, or one leads to a place inside of what the other leads to. */
export function covers(a: string, b: string): boolean {
  return a.length <= b.length ? isWithin(b, a) : isWithin(a, b);
}

/** The number that a token stands for as an array index (RFC 6901 §4): `0`, or digits without a leading zero. */
export function parseIndex(token: string): number | undefined {
  return /^(?:0|[1-9]\d*)$/.test(token) ? Number(token) : undefined;
}

function isWithin(inner: string, outer: string): boolean {
  return inner.startsWith(outer) && (inner.length === outer.length || inner.charAt(outer.length) === "/");
}

function escapeToken(token: string): string {
  return /[~/]/.test(token) ? token.replaceAll("~", "~0").replaceAll("/", "~1") : token;
}

/** `~1` comes first: the other way round, `~01` would become `/` (RFC 6901 §4). */
function unescapeToken(token: string): string {
  return token.replaceAll("~1", "/").replaceAll("~0", "~");
}

function malformed(detail: string): ParsedPointer {
  return { kind: "malformed", code: "malformed-pointer", detail };
}
