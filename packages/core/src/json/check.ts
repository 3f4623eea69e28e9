import { type Finding, findFault, findTextFault, type JsonFaultCode } from "./fault.js";
import { findInexactNumber } from "./inexact.js";
import type { JsonLimits } from "./limits.js";
import { locate } from "./locate.js";
import { pointerOf } from "./pointer.js";
import type { Json } from "./value.js";

/** What is wrong with a value or a text, for the `errors` of a problem with status 400. */
export interface JsonFault {
  readonly kind: "unsound";
  readonly code: JsonFaultCode;
  /**
   * A JSON Pointer to the value at fault; where the name of a member is too long or no Unicode, to the object that has
   * it. `""` is the whole value, and also stands for a text that was refused before it was parsed.
   */
  readonly pointer: string;
  /** A sentence. It never holds what a client sent. */
  readonly detail: string;
}

/** What `checkJson` and `parseJson` give. */
export type CheckedJson = { readonly kind: "sound"; readonly value: Json } | JsonFault;

/**
 * Whether a parsed value may be worked on. All else here relies on it: after this, functions may recurse over a value,
 * it can be stored and hashed, and it comes back as it was. It is not too deep or too wide; its numbers are finite
 * (`1e400` parses to Infinity, which would be stored as `null`); its text is Unicode (RFC 8259 §8.2); and no member is
 * named `__proto__`. `constructor` and `prototype` are names like any other.
 *
 * A value from another parser than `JSON.parse` may hold what JSON can't: `undefined`, a Date, a bigint, an object of a
 * class. That is `malformed-json`. Cycles are too deep. Symbols and members that are not enumerable are passed over, as
 * `JSON.stringify` does. The value comes back itself, not a copy.
 *
 * @param given.wellFormed The caller knows that no text in the value has a surrogate without its partner.
 */
export function checkJson(
  value: unknown,
  limits: JsonLimits,
  given: { readonly wellFormed?: boolean } = {},
): CheckedJson {
  const finding = findFault(value, limits, given.wellFormed === true);
  if (finding !== undefined) return unsound(value, finding);
  assertSound(value);
  return { kind: "sound", value };
}

/**
 * Parses JSON text (RFC 8259) and checks the value as `checkJson` does. What is not JSON is `malformed-json`; the
 * detail gives a position where the engine tells one. Of members with one name the last counts, as in `JSON.parse`. A
 * number that would be stored as another one is `number-out-of-range`: only the text shows it.
 */
export function parseJson(text: string, limits: JsonLimits): CheckedJson {
  const early = text.length > parsedUnseenMax ? findTextFault(text, limits) : undefined;
  if (early !== undefined) return unsound(undefined, early);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return unsound(undefined, findTextFault(text, limits) ?? syntaxFault(text, error));
  }
  const checked = checkJson(value, limits, { wellFormed: text.isWellFormed() && !mayEscapeSurrogate(text) });
  const inexact = checked.kind === "sound" ? findInexactNumber(text) : undefined;
  return inexact === undefined ? checked : { kind: "unsound", pointer: inexact, ...inexactNumber };
}

const inexactNumber = {
  code: "number-out-of-range",
  detail: "No 64-bit floating-point number is exactly this one: send it as a string.",
} as const;

/**
 * Texts up to this length, in UTF-16 code units, are parsed without a look at their structure first: nesting and
 * members can make `JSON.parse` take some 15 ms for so much, but 150 ms for 1 MiB. A look costs half of parsing.
 */
const parsedUnseenMax = 131_072;

function mayEscapeSurrogate(text: string): boolean {
  return text.includes("\\u") && /\\u[dD][89a-fA-F]/.test(text);
}

/** The engine's own message is not passed on: it quotes the text. */
function syntaxFault(text: string, error: unknown): Finding {
  if (text === "") return { code: "malformed-json", detail: "There is no text, and JSON has at least one value." };
  const position = error instanceof Error ? /at position (\d{1,10})(?: |$)/.exec(error.message)?.[1] : undefined;
  return { code: "malformed-json", detail: `The text is not JSON${position ? `, from position ${position} on` : ""}.` };
}

function unsound(root: unknown, { code, detail, container, name }: Finding): JsonFault {
  const pointer = container === undefined ? "" : locate(root, container);
  return { kind: "unsound", code, pointer: name === undefined ? pointer : pointer + pointerOf([name]), detail };
}

/** The compiler can't follow `findFault`: where that finds nothing, the value is JSON. */
function assertSound(_value: unknown): asserts _value is Json {}
