import { pointerOf } from "./pointer.js";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * A JSON Pointer to the first number of a JSON text that would be stored as another one: an integer that no 64-bit
 * floating-point number holds (9007199254740993 becomes …992), or a number other than 0 that becomes 0 (1e-400).
 * `undefined` where there is none. A fraction is rounded as all of JSON's readers round it, and what is too large
 * (1e400) shows in the parsed value.
 *
 * @param text JSON, which has been parsed once without an error.
 */
export function findInexactNumber(text: string): string | undefined {
  return mayHoldInexact(text) ? new NumberReader(text).find() : undefined;
}

/**
 * Nearly no text has 16 digits in a row, or an exponent of three digits below 0: only one that has is looked at twice.
 */
function mayHoldInexact(text: string): boolean {
  return hasLongNumber(text) || hasSmallExponent(text, "e-") || hasSmallExponent(text, "E-");
}

/** So many digits in a row are looked for: of 15, each survives. */
const runLength = 16;

/**
 * Whether there are 16 digits and points in a row. Such a run covers one of every 16 places, and only those are looked
 * at.
 */
function hasLongNumber(text: string): boolean {
  for (let place = runLength - 1; place < text.length; place += runLength) {
    if (!isOfDecimal(text.charCodeAt(place))) continue;
    let [from, to] = [place, place + 1];
    while (from > 0 && isOfDecimal(text.charCodeAt(from - 1))) from -= 1;
    while (isOfDecimal(text.charCodeAt(to))) to += 1;
    if (to - from >= runLength) return true;
  }
  return false;
}

/** Whether an exponent has three digits: e-324 is the least one that counts. */
function hasSmallExponent(text: string, start: "e-" | "E-"): boolean {
  for (let at = text.indexOf(start); at !== -1; at = text.indexOf(start, at + start.length))
    if (isDigit(text.charCodeAt(at + 4))) return true;
  return false;
}

function isOfDecimal(unit: number): boolean {
  return isDigit(unit) || unit === 0x2e;
}

/** Reads a text that is known to be JSON, and keeps the way to where it is. */
class NumberReader {
  readonly #text: string;
  readonly #path: (string | number)[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  find(): string | undefined {
    const text = this.#text;
    let key = "";
    for (let at = 0; at < text.length; ) {
      const unit = text.charCodeAt(at);
      const end = unit === QUOTE ? this.#endOfString(at) : isNumberStart(unit) ? this.#endOfNumber(at) : at + 1;
      switch (unit) {
        case QUOTE:
          key = text.slice(at, end);
          break;
        case 0x3a: // : follows a member's name
          this.#path[this.#path.length - 1] = key;
          break;
        case 0x7b: // {
          this.#path.push("");
          break;
        case 0x5b: // [
          this.#path.push(0);
          break;
        case 0x7d: // }
        case 0x5d: // ]
          this.#path.pop();
          break;
        case 0x2c: // ,
          this.#nextItem();
          break;
        default:
          if (isNumberStart(unit) && isInexact(text.slice(at, end))) return this.#pointer();
      }
      at = end;
    }
    return undefined;
  }

  #nextItem(): void {
    const last = this.#path.at(-1);
    if (typeof last === "number") this.#path[this.#path.length - 1] = last + 1;
  }

  #endOfString(from: number): number {
    let at = from + 1;
    while (at < this.#text.length && this.#text.charCodeAt(at) !== QUOTE)
      at += this.#text.charCodeAt(at) === BACKSLASH ? 2 : 1;
    return at + 1;
  }

  #endOfNumber(from: number): number {
    let at = from + 1;
    while (isOfNumber(this.#text.charCodeAt(at))) at += 1;
    return at;
  }

  #pointer(): string {
    return pointerOf(this.#path.map((step) => (typeof step === "number" ? step : String(JSON.parse(step)))));
  }
}

function isInexact(token: string): boolean {
  const value = Number(token);
  if (!Number.isFinite(value)) return false;
  // Of 15 digits each survives.
  if (value !== 0 && token.length < 16) return false;
  const given = decimalOf(token);
  if (value === 0) return given.digits !== "";
  if (given.exponent < 0) return false;
  const kept = decimalOf(String(value));
  return given.digits !== kept.digits || given.exponent !== kept.exponent;
}

/** A decimal as its digits, without zeros at either end, and the power of ten that they are counted in. */
function decimalOf(token: string): { readonly digits: string; readonly exponent: number } {
  const [mantissa = "", exponent = "0"] = token.replace("-", token.startsWith("-") ? "" : "-").split(/e/i);
  const [whole = "", fraction = ""] = mantissa.split(".");
  const digits = withoutZeros(whole + fraction);
  return { digits: digits.kept, exponent: Number(exponent) - fraction.length + digits.after };
}

function withoutZeros(digits: string): { readonly kept: string; readonly after: number } {
  let [from, to] = [0, digits.length];
  while (from < to && digits.charCodeAt(from) === 0x30) from += 1;
  while (to > from && digits.charCodeAt(to - 1) === 0x30) to -= 1;
  return { kept: digits.slice(from, to), after: digits.length - to };
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}

function isNumberStart(unit: number): boolean {
  return isDigit(unit) || unit === 0x2d;
}

/**
 * Digits, and `.`, `e`, `E`, `+`, `-`. A pattern for each character would take most of the time of a long text of
 * numbers.
 */
function isOfNumber(unit: number): boolean {
  return isDigit(unit) || unit === 0x2e || (unit | 0x20) === 0x65 || unit === 0x2b || unit === 0x2d;
}
