import { isOpaque } from "./entity-tag.js";

const HYPHEN = 0x2d;
const DOT = 0x2e;
const DIGIT_ZERO = 0x30;

/** What stands in an entity-tag of our own: `4-p0aa`, or `4-p0aa.v1` for one state answered in API version `v1`. */
export interface VersionTag {
  /** A whole number from 0 to 2^53 - 1. */
  readonly version: number;
  /**
   * The random part, one for each write: what makes the entity-tag of a version that came back after a loss another
   * one.
   */
  readonly tag: string;
  /** Absent in the tag of a representation that no API version has changed. */
  readonly apiVersion?: string;
}

/**
 * The strong entity-tag of one version of a resource, quotes included: `"4-p0aa"`, or `"4-p0aa.v1"`.
 *
 * @param tag characters of base64url.
 * @param apiVersion letters, digits, and `-._~`.
 * @throws TypeError where one of the three is anything else: its tag could be read as another state's, or break the
 * header.
 */
export function versionTag(version: number, tag: string, apiVersion?: string): string {
  if (!(Number.isSafeInteger(version) && version >= 0)) {
    throw new TypeError("A version must be a whole number from 0 to 2^53 - 1.");
  }
  if (!isName(tag, 0, tag.length, isBase64Url))
    throw new TypeError("A tag must be written in characters of base64url.");
  if (apiVersion === undefined) return `"${version}-${tag}"`;
  if (!isName(apiVersion, 0, apiVersion.length, isUnreserved)) {
    throw new TypeError("An API version must be written in letters, digits, and -._~");
  }
  return `"${version}-${tag}.${apiVersion}"`;
}

/**
 * Reads what stands between the quotes of an entity-tag; `undefined` where it is not of the format that `versionTag`
 * writes, digit for digit. The tag itself may hold hyphens.
 */
export function readVersionTag(opaque: string): VersionTag | undefined {
  const hyphen = endOfDigits(opaque);
  if (opaque.charCodeAt(hyphen) !== HYPHEN || !isCanonical(opaque, hyphen)) return undefined;
  const version = Number(opaque.slice(0, hyphen));
  if (!Number.isSafeInteger(version)) return undefined;
  const dot = opaque.indexOf(".", hyphen);
  const tagEnd = dot === -1 ? opaque.length : dot;
  if (!isName(opaque, hyphen + 1, tagEnd, isBase64Url)) return undefined;
  const tag = opaque.slice(hyphen + 1, tagEnd);
  if (dot === -1) return { version, tag };
  if (!isName(opaque, dot + 1, opaque.length, isUnreserved)) return undefined;
  return { version, tag, apiVersion: opaque.slice(dot + 1) };
}

/**
 * A strong entity-tag made from content, quotes included: for a representation that has no version of its own.
 *
 * @param digest gives characters that may stand in an entity-tag, such as a SHA-256 in base64url.
 * @throws TypeError where it gives others, or none at all.
 */
export function contentTag(content: string, digest: (content: string) => string): string {
  const opaque = digest(content);
  if (opaque === "" || !isOpaque(opaque)) {
    throw new TypeError(
      "The digest of a content tag must be characters that may stand in an entity-tag (RFC 9110 §8.8.3).",
    );
  }
  return `"${opaque}"`;
}

/** Whether the digits before `end` are a number as it is printed: at least one, and no zero in front of others. */
function isCanonical(text: string, end: number): boolean {
  return end === 1 || (end > 1 && end <= 16 && text.charCodeAt(0) !== DIGIT_ZERO);
}

function endOfDigits(text: string): number {
  let at = 0;
  while (isDigit(text.charCodeAt(at))) at += 1;
  return at;
}

/** Whether the stretch holds at least one character, and only such. */
function isName(text: string, from: number, end: number, isLegal: (code: number) => boolean): boolean {
  for (let at = from; at < end; at += 1) {
    if (!isLegal(text.charCodeAt(at))) return false;
  }
  return from < end;
}

function isDigit(code: number): boolean {
  return code >= DIGIT_ZERO && code <= 0x39;
}

function isBase64Url(code: number): boolean {
  const letter = code | 0x20;
  return (letter >= 0x61 && letter <= 0x7a) || isDigit(code) || code === HYPHEN || code === 0x5f;
}

/** The characters that need no encoding in a URL either (RFC 3986 §2.3), where an API version may stand too. */
function isUnreserved(code: number): boolean {
  return isBase64Url(code) || code === DOT || code === 0x7e;
}
