import { endOfQuotedString, endOfToken, skipWhitespace, unquoted } from "./field-syntax.js";

const QUOTE = 0x22;
const COMMA = 0x2c;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const BACKSLASH = 0x5c;

/** How much of a `Prefer` field is read. */
export interface PreferLimits {
  /** A field of more preferences than this is ignored as a whole. @default 32 */
  readonly itemsMax?: number;
}

/** The preferences of a request: the value of each, or `true` where it has none. */
export type Preferences = ReadonlyMap<string, string | true>;

/**
 * Reads `Prefer` (RFC 7240 §2); several header lines come joined by commas. Names are lower-cased, the first of a name
 * wins, parameters are passed over, and an empty value is none. A preference is a wish, never an error: what stands
 * between two commas and can't be read is left out, and the others stay.
 */
export function parsePrefer(field: string, limits: PreferLimits = {}): Preferences {
  const itemsMax = limits.itemsMax ?? 32;
  const preferences = new Map<string, string | true>();
  let items = 0;
  for (let at = 0, end = 0; at < field.length; at = end + 1) {
    end = endOfMember(field, at);
    const member = field.slice(skipWhitespace(field, at), end);
    if (member === "") continue;
    items += 1;
    if (items > itemsMax) return new Map();
    const preference = readPreference(member);
    if (preference === undefined || preferences.has(preference.name)) continue;
    preferences.set(preference.name, preference.value);
  }
  return preferences;
}

/**
 * What the client wants a write to be answered with (RFC 7240 §4.2); of `return=minimal` and `return=representation`
 * the first.
 */
export function preferredReturn(preferences: Preferences): "minimal" | "representation" | undefined {
  const value = preferences.get("return");
  return value === "minimal" || value === "representation" ? value : undefined;
}

/**
 * How long the client wants to wait, in whole seconds (RFC 7240 §4.3), cut to `secondsMax`; `undefined` where it said
 * nothing, or anything but digits.
 */
export function preferredWaitSeconds(preferences: Preferences, secondsMax: number): number | undefined {
  const value = preferences.get("wait");
  if (value === undefined || value === true) return undefined;
  for (let at = 0; at < value.length; at += 1) {
    const code = value.charCodeAt(at);
    if (code < 0x30 || code > 0x39) return undefined;
  }
  return Math.min(Number(value), secondsMax);
}

/** The position of the comma that ends this member of the list, or the field's end. Quoted strings may hold commas. */
function endOfMember(field: string, at: number): number {
  let quoted = false;
  for (let position = at; position < field.length; position += 1) {
    const code = field.charCodeAt(position);
    if (code === COMMA && !quoted) return position;
    if (code === QUOTE) quoted = !quoted;
    else if (code === BACKSLASH && quoted) position += 1;
  }
  return field.length;
}

/** `token [ BWS "=" BWS word ] *( OWS ";" [ OWS parameter ] )`, with nothing else around it but spaces at its end. */
function readPreference(member: string): { readonly name: string; readonly value: string | true } | undefined {
  const nameEnd = endOfToken(member, 0);
  const valueStart = startOfWord(member, nameEnd);
  const valueEnd = valueStart === -1 ? nameEnd : endOfWord(member, valueStart);
  if (nameEnd === 0 || valueEnd === -1 || !areParameters(member, valueEnd)) return undefined;
  const value = valueStart === -1 ? "" : wordBetween(member, valueStart, valueEnd);
  return { name: member.slice(0, nameEnd).toLowerCase(), value: value === "" ? true : value };
}

/** Whether nothing but parameters, each after a semicolon, stands from here to the end. */
function areParameters(member: string, from: number): boolean {
  let at = skipWhitespace(member, from);
  while (member.charCodeAt(at) === SEMICOLON) {
    at = skipWhitespace(member, at + 1);
    const nameEnd = endOfToken(member, at);
    if (nameEnd === at) continue;
    const valueStart = startOfWord(member, nameEnd);
    const end = valueStart === -1 ? nameEnd : endOfWord(member, valueStart);
    if (end === -1) return false;
    at = skipWhitespace(member, end);
  }
  return at === member.length;
}

/** Where the value begins, if an equals sign follows; else -1. */
function startOfWord(member: string, at: number): number {
  const equals = skipWhitespace(member, at);
  return member.charCodeAt(equals) === EQUALS ? skipWhitespace(member, equals + 1) : -1;
}

/** The end of the token or quoted string that begins at `at`, or -1 where neither does. */
function endOfWord(member: string, at: number): number {
  const end = endOfToken(member, at);
  return end > at ? end : endOfQuotedString(member, at);
}

function wordBetween(member: string, at: number, end: number): string {
  const word = member.slice(at, end);
  return member.charCodeAt(at) === QUOTE ? unquoted(word) : word;
}
