import { type Conditions, ignoresPreconditions, isRead, type RangeCondition } from "../precondition.js";
import type { Moment, Version } from "../store/record.js";
import {
  type EntityTag,
  type EntityTagLimits,
  type EntityTagList,
  parseEntityTag,
  parseEntityTagList,
  unproxied,
  weakMatch,
} from "./entity-tag.js";
import { parseHttpDate } from "./http-date.js";
import type { ProblemEntry } from "./problem.js";
import { readVersionTag } from "./version-tag.js";

/** What the reading of conditions needs to know besides the headers. */
export interface ConditionFacts {
  /** As HTTP writes it, in upper case: what a header means depends on it. */
  readonly method: string;
  readonly now: Moment;
  /** The version that the body names, if it names one. */
  readonly version?: Version | undefined;
  /** The entity-tag that the body names, if it names one. */
  readonly etag?: EntityTag | undefined;
  /**
   * Whether the resource's entity-tags hold its version (`versionTag`); one made from content may only look
   * so. @default true
   */
  readonly tagsHoldVersions?: boolean | undefined;
}

/** One thing wrong with the conditions of a request: an entry of the problem's `errors`. */
export interface ConditionError {
  readonly code: "malformed-etag" | "too-many-etags" | "contradictory-preconditions";
  readonly header: "If-Match" | "If-None-Match";
  /** A sentence for the client. It repeats nothing that the client sent, but for the body's version. */
  readonly detail: string;
}

/** The conditions of a request, or all that keeps them from being read: that request is answered 400. */
export type ParsedConditions =
  | { readonly kind: "conditions"; readonly conditions: Conditions }
  | { readonly kind: "malformed"; readonly errors: readonly ConditionError[] };

type Draft = { -readonly [Name in keyof Conditions]: Conditions[Name] };

const NONE: ParsedConditions = { kind: "conditions", conditions: {} };

/**
 * Reads the conditions of a request (RFC 9110 §13.1). A list of entity-tags that can't be read is an error, an empty
 * one too; but an `If-None-Match` of a GET or HEAD counts as absent then, so that a cache that remembers nonsense can
 * still read. A date that can't be read is ignored, as the RFC demands, and so are all conditions of a method that has
 * none.
 *
 * @param header gives the value of a header by its name in lower case, several lines joined by commas; `undefined`
 * where it was not sent.
 */
export function parseConditions(
  header: (name: string) => string | undefined,
  facts: ConditionFacts,
  limits?: EntityTagLimits,
): ParsedConditions {
  if (ignoresPreconditions(facts.method)) return NONE;
  const errors: ConditionError[] = [];
  const conditions: Draft = {};
  const ifMatch = readTags(header, "If-Match", limits, errors);
  if (ifMatch !== undefined) conditions.ifMatch = ifMatch;
  const ifNoneMatch = readTags(header, "If-None-Match", limits, isRead(facts.method) ? [] : errors);
  if (ifNoneMatch !== undefined) conditions.ifNoneMatch = ifNoneMatch;
  if (facts.version !== undefined) conditions.version = facts.version;
  if (facts.etag !== undefined) conditions.etag = facts.etag;
  const contradictory = ifMatch === undefined ? undefined : contradiction(ifMatch, facts);
  if (contradictory !== undefined) errors.push(contradictory);
  if (errors.length > 0) return { kind: "malformed", errors };
  readDates(header, facts, conditions);
  const ifRange = readRange(header, facts);
  if (ifRange !== undefined) conditions.ifRange = ifRange;
  return { kind: "conditions", conditions };
}

function readTags(
  header: (name: string) => string | undefined,
  name: ConditionError["header"],
  limits: EntityTagLimits | undefined,
  errors: ConditionError[],
): EntityTagList | undefined {
  const field = header(name === "If-Match" ? "if-match" : "if-none-match");
  if (field === undefined) return undefined;
  const list = parseEntityTagList(field, limits);
  if (list.kind !== "malformed") return list;
  errors.push({ code: list.code, header: name, detail: list.detail });
  return undefined;
}

function readDates(header: (name: string) => string | undefined, facts: ConditionFacts, conditions: Draft): void {
  const unmodifiedSince = readDate(header("if-unmodified-since"), facts.now);
  if (unmodifiedSince !== undefined) conditions.ifUnmodifiedSince = unmodifiedSince;
  if (!isRead(facts.method)) return;
  const modifiedSince = readDate(header("if-modified-since"), facts.now);
  if (modifiedSince !== undefined) conditions.ifModifiedSince = modifiedSince;
}

function readDate(field: string | undefined, now: Moment): Moment | undefined {
  return field === undefined ? undefined : parseHttpDate(field, now);
}

/** `If-Range` counts only on a GET that asks for a range. One that can't be read must not pass for absent. */
function readRange(header: (name: string) => string | undefined, facts: ConditionFacts): RangeCondition | undefined {
  if (facts.method !== "GET") return undefined;
  const field = header("if-range");
  if (field === undefined || header("range") === undefined) return undefined;
  const tag = parseEntityTag(field);
  if (tag !== undefined) return { kind: "tag", tag };
  const date = parseHttpDate(field, facts.now);
  return date === undefined ? { kind: "unreadable" } : { kind: "date", date };
}

/** What is wrong where `If-Match` and the body can't both hold. */
function contradiction(list: EntityTagList, facts: ConditionFacts): ConditionError | undefined {
  const { version, etag } = facts;
  if (list.kind === "any") return undefined;
  const others = (what: string): ConditionError => {
    const detail = `The content names ${what}, and If-Match only others.`;
    return { code: "contradictory-preconditions", header: "If-Match", detail };
  };
  if (version !== undefined && facts.tagsHoldVersions !== false && namesOtherVersions(list.tags, version))
    return others(`version ${version}`);
  if (etag !== undefined && !list.tags.some((tag) => isSameBehindProxies(tag, etag))) return others("an entity-tag");
  return undefined;
}

/**
 * The conditions that a POST to a collection cannot have, as entries of a 400 problem's `errors`. A list is no state
 * that a creation can be compared with: a client can only say that it exists, with `*`.
 */
export function unsupportedConditions({
  ifMatch,
  ifNoneMatch,
  ifUnmodifiedSince,
}: Conditions): readonly ProblemEntry[] {
  const unsupported = [
    ...(ifMatch?.kind === "tags" ? ["If-Match"] : []),
    ...(ifNoneMatch?.kind === "tags" ? ["If-None-Match"] : []),
    ...(ifUnmodifiedSince === undefined ? [] : ["If-Unmodified-Since"]),
  ];
  return unsupported.map((header) => {
    const allowed = header === "If-Unmodified-Since" ? "must not be sent" : "must be `*` or not be sent";
    return { code: "unsupported-precondition", header, detail: `${header} ${allowed} with a POST to a collection.` };
  });
}

/** Whether every tag is of our own format and names another version. */
export function namesOtherVersions(tags: readonly EntityTag[], version: Version): boolean {
  return tags.every((tag) => {
    const named = readVersionTag(tag.opaque);
    return named !== undefined && named.version !== version;
  });
}

/** Whether two tags are one but for what proxies do to a header's; whether it counts is another question. */
function isSameBehindProxies(tag: EntityTag, sent: EntityTag): boolean {
  for (let before: EntityTag | undefined = tag; before !== undefined; before = unproxied(before)) {
    if (weakMatch(before, sent)) return true;
  }
  return false;
}
