import { skipWhitespace } from "./field-syntax.js";

const QUOTE = 0x22;
const STAR = 0x2a;
const COMMA = 0x2c;

/** One entity-tag (RFC 9110 §8.8.3). */
export interface EntityTag {
  /** Whether it came with `W/`: two representations that differ in their bytes may share a weak tag. */
  readonly weak: boolean;
  /** What stands between the quotes. It has no escapes: commas and backslashes are ordinary characters. */
  readonly opaque: string;
}

/** What `If-Match` and `If-None-Match` hold: `*`, or at least one tag (RFC 9110 §13.1.1, §13.1.2). */
export type EntityTagList = { readonly kind: "any" } | { readonly kind: "tags"; readonly tags: readonly EntityTag[] };

/** A list that can't be read. `detail` is a sentence for the client and repeats nothing that the client sent. */
export interface MalformedEntityTagList {
  readonly kind: "malformed";
  readonly code: "malformed-etag" | "too-many-etags";
  readonly detail: string;
}

/** How much of a list is read. */
export interface EntityTagLimits {
  /** A list of more tags than this is refused. @default 64 */
  readonly tagsMax?: number;
}

const ANY: EntityTagList = { kind: "any" };

/**
 * Reads the value of `If-Match` or `If-None-Match`; several header lines come joined by commas. Empty members of the
 * list are passed over (RFC 9110 §5.6.1.2), but a field of nothing else is malformed: a precondition that can't be read
 * must never count as one that was not sent. Takes time in proportion to the length of the field.
 *
 * @param field as Node gives it: one character for each byte.
 */
export function parseEntityTagList(
  field: string,
  limits: EntityTagLimits = {},
): EntityTagList | MalformedEntityTagList {
  const tagsMax = limits.tagsMax ?? 64;
  let at = skipWhitespace(field, 0);
  if (field.charCodeAt(at) === STAR && skipWhitespace(field, at + 1) === field.length) return ANY;
  const tags: EntityTag[] = [];
  for (at = skipEmptyMembers(field, at); at < field.length; at = skipEmptyMembers(field, at)) {
    const end = endOfEntityTag(field, at);
    if (end === -1) return malformed(explain(field, at));
    if (tags.length === tagsMax) return tooMany(tagsMax);
    tags.push(entityTagBetween(field, at, end));
    at = skipWhitespace(field, end);
    if (at < field.length && field.charCodeAt(at) !== COMMA) {
      return malformed(`The entity-tag that ends at character ${end} is followed by something other than a comma.`);
    }
  }
  return tags.length === 0 ? malformed("The list of entity-tags is empty.") : { kind: "tags", tags };
}

/** Reads exactly one entity-tag, such as a response's `ETag`; `undefined` where the text is anything else. */
export function parseEntityTag(text: string): EntityTag | undefined {
  return endOfEntityTag(text, 0) === text.length ? entityTagBetween(text, 0, text.length) : undefined;
}

/** An entity-tag as it stands in a header field: `"4-p0aa"`, `W/"4-p0aa"`. */
export function formatEntityTag(tag: EntityTag): string {
  return tag.weak ? `W/"${tag.opaque}"` : `"${tag.opaque}"`;
}

/** Strong comparison (RFC 9110 §8.8.3.2), as `If-Match` and `If-Range` ask for: a weak tag equals nothing. */
export function strongMatch(a: EntityTag, b: EntityTag): boolean {
  return !a.weak && !b.weak && a.opaque === b.opaque;
}

/** Weak comparison (RFC 9110 §8.8.3.2), as `If-None-Match` asks for: `W/` makes no difference. */
export function weakMatch(a: EntityTag, b: EntityTag): boolean {
  return a.opaque === b.opaque;
}

/** What compressing proxies append to the tag of what they have compressed: Apache httpd, Jetty and their like. */
const PROXY_SUFFIXES: readonly string[] = ["-gzip", "-br", "-df"];

/**
 * The strong tag that a proxy may have been given when it made this one: without `W/` (nginx), or else without a
 * trailing `-gzip`, `-br` or `-df` (Apache httpd). `undefined` where there is nothing to take away. One layer at a
 * time, so that a tag of ours that happens to end so is compared before it is cut; call it again for the next layer.
 */
export function unproxied(tag: EntityTag): EntityTag | undefined {
  if (tag.weak) return { weak: false, opaque: tag.opaque };
  for (const suffix of PROXY_SUFFIXES) {
    if (tag.opaque.endsWith(suffix)) return { weak: false, opaque: tag.opaque.slice(0, -suffix.length) };
  }
  return undefined;
}

/** Whether every character may stand between the quotes of an entity-tag (etagc, RFC 9110 §8.8.3). */
export function isOpaque(text: string): boolean {
  return endOfOpaque(text, 0) === text.length;
}

/** The first position from `at` on that is at the end of the text or holds no etagc. */
function endOfOpaque(text: string, at: number): number {
  let position = at;
  while (position < text.length) {
    const code = text.charCodeAt(position);
    const legal = code === 0x21 || (code >= 0x23 && code <= 0x7e) || (code >= 0x80 && code <= 0xff);
    if (!legal) break;
    position += 1;
  }
  return position;
}

/** The end of the entity-tag that begins at `at`, or -1 where none does. */
function endOfEntityTag(field: string, at: number): number {
  const open = openingQuote(field, at);
  if (field.charCodeAt(open) !== QUOTE) return -1;
  const close = endOfOpaque(field, open + 1);
  return field.charCodeAt(close) === QUOTE ? close + 1 : -1;
}

function openingQuote(field: string, at: number): number {
  return field.startsWith("W/", at) ? at + 2 : at;
}

/** The entity-tag in this stretch, which is known to be one. */
function entityTagBetween(field: string, at: number, end: number): EntityTag {
  const open = openingQuote(field, at);
  return { weak: open > at, opaque: field.slice(open + 1, end - 1) };
}

function skipEmptyMembers(field: string, at: number): number {
  let position = skipWhitespace(field, at);
  while (field.charCodeAt(position) === COMMA) position = skipWhitespace(field, position + 1);
  return position;
}

/** Why there is no entity-tag at `at`. Characters are counted from 1. */
function explain(field: string, at: number): string {
  const open = openingQuote(field, at);
  if (field.charCodeAt(open) === QUOTE) {
    const stop = endOfOpaque(field, open + 1);
    return stop === field.length
      ? `The entity-tag at character ${at + 1} has no closing quote.`
      : `Character ${stop + 1} can't stand in an entity-tag.`;
  }
  if (field.startsWith('w/"', at)) return `The W/ of the entity-tag at character ${at + 1} must be upper-case.`;
  if (field.charCodeAt(at) === STAR) return "A * stands alone, without entity-tags beside it.";
  return `At character ${at + 1} stands no entity-tag: one is written in double quotes, such as "4-p0aa".`;
}

function malformed(detail: string): MalformedEntityTagList {
  return { kind: "malformed", code: "malformed-etag", detail };
}

function tooMany(tagsMax: number): MalformedEntityTagList {
  return { kind: "malformed", code: "too-many-etags", detail: `At most ${tagsMax} entity-tags are read.` };
}
