import { compareCodePoints } from "./code-points.js";
import type { Direction, Range } from "./range.js";
import type { Key, Moment } from "./record.js";

/** Where a page of an index, or of what has lapsed, ended: the value or the moment, and the key. */
export interface Position {
  readonly place: string;
  readonly key: Key;
}

/** A position as a page gives it as its `next`. Neither a place nor a key holds U+0000, which stands between them. */
export function formatPosition(place: string | Moment, key: Key): string {
  return `${place}\u0000${key}`;
}

/** Reads what `formatPosition` wrote; `undefined` for anything else. */
export function parsePosition(after: string): Position | undefined {
  const [place = "", key, ...others] = after.split("\u0000");
  return key === undefined || others.length > 0 ? undefined : { place, key };
}

/**
 * Throws where the `after` of a range is nothing that a page gave as its `next`: a key for a prefix, else what
 * `formatPosition` wrote. Stores whose positions are of that form call it in `list`, and for the ranges that a commit
 * reads.
 *
 * @throws TypeError
 */
export function assertPosition(range: Range): void {
  const { after } = range;
  if (after === undefined) return;
  const isKnown = "prefix" in range ? !after.includes("\u0000") : isPosition(after, "lapsedBefore" in range);
  if (!isKnown || !after.isWellFormed()) throw notAPosition();
}

/** What is thrown for an `after` that no page of its range gave. */
export function notAPosition(): TypeError {
  return new TypeError('"after" is not what a page of this range gave as its "next".');
}

function isPosition(after: string, isMoment: boolean): boolean {
  const position = parsePosition(after);
  return position !== undefined && (!isMoment || /^[0-9]{1,16}$/.test(position.place));
}

/**
 * The bounds of the children of a prefix: keys of this depth, behind `after` and before `end`, compared as bytes of
 * UTF-8. One of the two is where the last page ended: `after`, or `end` where the range is descending.
 */
export function childrenOf({ prefix, after, descending = false }: ChildRange): {
  readonly depth: number;
  readonly after: string;
  readonly end: string;
} {
  // The first text after all that begin with the prefix: its last byte, the slash, made one larger.
  const last = `${prefix.slice(0, -1)}0`;
  const depth = depthOf(prefix);
  if (descending) return { depth, after: prefix, end: after === undefined || isBefore(last, after) ? last : after };
  return { depth, after: after === undefined || isBefore(after, prefix) ? prefix : after, end: last };
}

type ChildRange = { readonly prefix: string; readonly after?: string } & Direction;

/**
 * Where a page of an index begins: behind its `after`, or with the first value that the range asks for. Where it is
 * descending, it begins before that place: before its `after`, or with the last value asked for.
 */
export function indexStartOf({ from, to, after, descending = false }: IndexBounds): Position {
  const position = after === undefined ? undefined : parsePosition(after);
  // No value lies between `to` and this one, since none holds U+0000: so all keys of `to` come before it.
  const outermost = descending ? { place: `${to}\u0001`, key: "" } : { place: from, key: "" };
  if (position === undefined) return outermost;
  const isOutside = descending ? !isBefore(position.place, outermost.place) : isBefore(position.place, outermost.place);
  return isOutside ? outermost : position;
}

type IndexBounds = Pick<Extract<Range, { index: unknown }>, "from" | "to" | "after" | "descending">;

/** Whether a text comes before another in the order of their bytes of UTF-8. */
export function isBefore(a: string, b: string): boolean {
  return compareCodePoints(a, b) < 0;
}

/** All of a key up to and with its last slash; empty where it has none. */
export function parentOf(key: Key): string {
  return key.slice(0, key.lastIndexOf("/") + 1);
}

/** How many slashes a key has: the keys of one depth that begin with a prefix are exactly its children. */
export function depthOf(key: Key): number {
  let depth = 0;
  for (let at = key.indexOf("/"); at !== -1; at = key.indexOf("/", at + 1)) depth++;
  return depth;
}
