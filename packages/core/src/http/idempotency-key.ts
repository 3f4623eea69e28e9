import { endOfToken, skipWhitespace, unquoted } from "./field-syntax.js";

const SPACE = 0x20;
const QUOTE = 0x22;
const PERCENT = 0x25;
const COMMA = 0x2c;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const BACKSLASH = 0x5c;
const DELETE = 0x7f;

/** The longest key that is taken, in bytes, without its quotes. */
export const idempotencyKeyBytesMax = 255;

/**
 * The key of a request, or why there is none that can be read. `detail` is a sentence for the client and repeats
 * nothing of it.
 */
export type ParsedIdempotencyKey =
  | { readonly kind: "key"; readonly key: string }
  | { readonly kind: "malformed"; readonly detail: string };

/**
 * Reads the value of `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07 §2.1): a String of structured
 * fields (RFC 9651 §3.3.3), whose parameters are passed over, or the same key bare, as most clients send it: visible
 * ASCII without quotes and commas. One header holds one key of 1 to 255 bytes. Several header lines come joined by
 * commas, so a comma outside quotes is a second key, and malformed. Takes time in proportion to the length of the
 * field.
 *
 * @param field as Node gives it: one character for each byte.
 */
export function parseIdempotencyKey(field: string): ParsedIdempotencyKey {
  const from = skipWhitespace(field, 0);
  if (from === field.length) return malformed("The key is empty.");
  return field.charCodeAt(from) === QUOTE ? readQuoted(field, from) : readBare(field, from);
}

function readBare(field: string, from: number): ParsedIdempotencyKey {
  let end = from;
  while (end < field.length && isBare(field.charCodeAt(end))) end += 1;
  const next = skipWhitespace(field, end);
  if (next === field.length) return keyOf(field.slice(from, end));
  if (field.charCodeAt(next) === COMMA) return malformed(severalKeys);
  return malformed(`Character ${next + 1} can't stand in a key without quotes: they hold visible ASCII characters.`);
}

function readQuoted(field: string, from: number): ParsedIdempotencyKey {
  const end = endOfString(field, from);
  if (end === -1) return malformed("The key has no closing quote, or holds something other than printable ASCII.");
  const next = skipWhitespace(field, endOfParameters(field, end));
  if (next === field.length) return keyOf(unquoted(field.slice(from, end)));
  if (field.charCodeAt(next) === COMMA) return malformed(severalKeys);
  return malformed(`What begins at character ${next + 1}, behind the key, is neither its end nor a parameter.`);
}

const severalKeys = "A request has one key, and a key that holds a comma stands in double quotes.";

/** Every character is one byte here: all of them are ASCII. */
function keyOf(key: string): ParsedIdempotencyKey {
  if (key === "") return malformed("The key is empty.");
  if (key.length <= idempotencyKeyBytesMax) return { kind: "key", key };
  return malformed(`The key is ${key.length} bytes long, and ${idempotencyKeyBytesMax} are the most.`);
}

function isBare(code: number): boolean {
  return code > SPACE && code < DELETE && code !== QUOTE && code !== COMMA;
}

/**
 * The end of the String whose opening quote is at `at`, closing quote included; -1 where there is none (RFC 9651
 * §4.2.5).
 */
function endOfString(field: string, at: number): number {
  for (let position = at + 1; position < field.length; position += 1) {
    let code = field.charCodeAt(position);
    if (code === QUOTE) return position + 1;
    if (code === BACKSLASH) {
      position += 1;
      code = field.charCodeAt(position);
      if (code !== QUOTE && code !== BACKSLASH) return -1;
    }
    if (!(code >= SPACE && code < DELETE)) return -1;
  }
  return -1;
}

/**
 * Where the parameters end that begin at `at`, as far as they can be read (RFC 9651 §4.2.3.2); of what type a value is
 * does not matter.
 */
function endOfParameters(field: string, at: number): number {
  let end = at;
  while (field.charCodeAt(end) === SEMICOLON) {
    const name = skipSpaces(field, end + 1);
    const nameEnd = endOfToken(field, name);
    const valueEnd = field.charCodeAt(nameEnd) === EQUALS ? endOfValue(field, nameEnd + 1) : nameEnd;
    if (nameEnd === name || valueEnd === -1) return end;
    end = valueEnd;
  }
  return end;
}

/**
 * The end of a String, a Display String, or a run of what all other bare items are made of; -1 where there is none of
 * these.
 */
function endOfValue(field: string, at: number): number {
  if (field.charCodeAt(at) === QUOTE) return endOfString(field, at);
  if (field.charCodeAt(at) === PERCENT && field.charCodeAt(at + 1) === QUOTE) return endOfString(field, at + 1);
  let end = at;
  for (let next = at; next < field.length; end = next) {
    next = endOfToken(field, end);
    if (next === end && ":/?@=".includes(field.charAt(end))) next += 1;
    if (next === end) break;
  }
  return end === at ? -1 : end;
}

function skipSpaces(field: string, at: number): number {
  let position = at;
  while (field.charCodeAt(position) === SPACE) position += 1;
  return position;
}

function malformed(detail: string): ParsedIdempotencyKey {
  return { kind: "malformed", detail };
}
