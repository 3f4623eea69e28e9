import { isJsonArray, type Json, type JsonObject } from "./value.js";

/** How large a value is. A part that stands in several places counts in each. */
export interface Extent {
  /** The bytes of UTF-8 of its text, as `JSON.stringify` writes it. */
  readonly bytes: number;
  /** The members of all its objects together. */
  readonly keys: number;
  /** The members of all its objects and the items of all its arrays. */
  readonly values: number;
  /** The levels of objects and arrays: 0 for a scalar. */
  readonly depth: number;
}

/**
 * Measures a value, in one loop that does not recurse.
 *
 * @param counting `exactly` reads all text. `at-most` reads none and is faster: it counts each character and number as
 *   long as they can be, so that `bytes` may be several times too large, and is never too small.
 */
export function extentOf(root: Json, counting: "exactly" | "at-most"): Extent {
  const bytesOf = counting === "exactly" ? scalarBytes : scalarBytesAtMost;
  if (!isContainer(root)) return { bytes: bytesOf(root), keys: 0, values: 0, depth: 0 };
  const open: Container[] = [root];
  const depths: number[] = [1];
  let bytes = 0;
  let keys = 0;
  let values = 0;
  let deepest = 0;
  for (let container = open.pop(); container !== undefined; container = open.pop()) {
    const depth = depths.pop() ?? 0;
    if (depth > deepest) deepest = depth;
    let entries = 0;
    if (isJsonArray(container)) {
      for (const item of container) {
        entries += 1;
        if (isContainer(item)) {
          open.push(item);
          depths.push(depth + 1);
        } else {
          bytes += bytesOf(item);
        }
      }
    } else {
      for (const name in container) {
        // biome-ignore lint/suspicious/noPrototypeBuiltins: inside `for in` this is free, and Object.hasOwn is not.
        const member = Object.prototype.hasOwnProperty.call(container, name) ? container[name] : undefined;
        if (member === undefined) continue;
        entries += 1;
        keys += 1;
        bytes += bytesOf(name) + 1;
        if (isContainer(member)) {
          open.push(member);
          depths.push(depth + 1);
        } else {
          bytes += bytesOf(member);
        }
      }
    }
    values += entries;
    // Two brackets, and a comma between each two.
    bytes += entries === 0 ? 2 : entries + 1;
  }
  return { bytes, keys, values, depth: deepest };
}

type Container = readonly Json[] | JsonObject;
type Scalar = Exclude<Json, Container>;

function isContainer(value: Json): value is Container {
  return typeof value === "object" && value !== null;
}

function scalarBytes(value: Scalar): number {
  return typeof value === "string" ? stringBytes(value) : String(value).length;
}

/** Six bytes are an escape like \u0001; 25 characters the longest number, such as -0.0000012345678901234567. */
function scalarBytesAtMost(value: Scalar): number {
  return typeof value === "string" ? 6 * value.length + 2 : 25;
}

/** The bytes of a string in JSON text, with quotes and escapes. Each surrogate counts as half of a pair. */
function stringBytes(text: string): number {
  let bytes = text.length + 2;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 0x80) bytes += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2;
    else if (unit < 0x20) bytes += isShortEscape(unit) ? 1 : 5;
    else if (unit === 0x22 || unit === 0x5c) bytes += 1;
  }
  return bytes;
}

/** \b, \t, \n, \f and \r; other control characters are written as \u and four digits. */
function isShortEscape(unit: number): boolean {
  return unit >= 0x08 && unit <= 0x0d && unit !== 0x0b;
}
