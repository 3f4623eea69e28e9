import { type EntityTag, type EntityTagList, strongMatch, weakMatch } from "./http/entity-tag.js";
import type { Moment, Version } from "./store/record.js";

/** What a client says must hold for its request to be carried out (RFC 9110 §13.1). What is absent was not said. */
export interface Conditions {
  /** The current state has one of these entity-tags; `any`: there is a current state. */
  readonly ifMatch?: EntityTagList;
  /** The current state has none of these entity-tags; `any`: there is no current state. */
  readonly ifNoneMatch?: EntityTagList;
  /** The current state is newer than this. Read for GET and HEAD alone. */
  readonly ifModifiedSince?: Moment;
  /** The current state is not newer than this. Two writes fit into the second that it names. */
  readonly ifUnmodifiedSince?: Moment;
  /** Set only where a GET asks for a range: the state of which the client already holds a part. */
  readonly ifRange?: RangeCondition;
  /** The version that the request's body names: it says what `If-Match` says, in another place. */
  readonly version?: Version;
  /** The entity-tag that the request's body names: it says what `If-Match` says, in another place. */
  readonly etag?: EntityTag;
}

/** `If-Range` (RFC 9110 §13.1.5). One that is `unreadable` never holds, so that no part of another state is sent. */
export type RangeCondition =
  | { readonly kind: "tag"; readonly tag: EntityTag }
  | { readonly kind: "date"; readonly date: Moment }
  | { readonly kind: "unreadable" };

/** What there is, as far as conditions ask. A tombstone is absent. */
export type CurrentState =
  | { readonly kind: "absent" }
  | {
      readonly kind: "present";
      readonly etag?: EntityTag;
      /** Entity-tags that `If-Match` takes for this state as well: those that it has in other API versions. */
      readonly alsoKnownAs?: readonly EntityTag[];
      readonly modifiedAt?: Moment;
      /**
       * The state is known to be the only one of the second in which it was made, so that a date can tell it from all
       * others (RFC 9110 §8.8.2.2), as `If-Range` asks. @default false
       */
      readonly aloneInItsSecond?: boolean;
      readonly version?: Version;
    };

/**
 * What to do with a request.
 *
 * - `proceed`: carry it out. `range` is there where the request has an `If-Range`: `ignore` sends the whole.
 * - `not-modified`: answer 304, without a body.
 * - `failed`: do nothing, and say which condition did not hold.
 */
export type PreconditionDecision =
  | { readonly kind: "proceed"; readonly range?: "honour" | "ignore" }
  | { readonly kind: "not-modified" }
  | { readonly kind: "failed"; readonly condition: FailedCondition };

/** The condition that did not hold; `version` and `etag` are those in the body. */
export type FailedCondition = "if-match" | "version" | "etag" | "if-unmodified-since" | "if-none-match";

const PROCEED: PreconditionDecision = { kind: "proceed" };
const PROCEED_WITH_RANGE: PreconditionDecision = { kind: "proceed", range: "honour" };
const PROCEED_WITHOUT_RANGE: PreconditionDecision = { kind: "proceed", range: "ignore" };
const NOT_MODIFIED: PreconditionDecision = { kind: "not-modified" };
const IF_MATCH_FAILED: PreconditionDecision = { kind: "failed", condition: "if-match" };
const VERSION_FAILED: PreconditionDecision = { kind: "failed", condition: "version" };
const ETAG_FAILED: PreconditionDecision = { kind: "failed", condition: "etag" };
const IF_UNMODIFIED_SINCE_FAILED: PreconditionDecision = { kind: "failed", condition: "if-unmodified-since" };
const IF_NONE_MATCH_FAILED: PreconditionDecision = { kind: "failed", condition: "if-none-match" };

/**
 * Decides whether a request may be carried out, in the order of RFC 9110 §13.2.2; the body's version and
 * entity-tag come right after `If-Match`. Ask it only when the request would succeed without conditions (§13.2.1), and
 * for a write make sure that the state is still this one when the write happens: a check followed by a later write is a
 * race.
 *
 * @param method as HTTP writes it, in upper case.
 */
export function evaluatePreconditions(
  method: string,
  conditions: Conditions,
  state: CurrentState,
): PreconditionDecision {
  if (ignoresPreconditions(method)) return PROCEED;
  if (conditions.ifMatch !== undefined && !isMatched(conditions.ifMatch, state)) return IF_MATCH_FAILED;
  if (conditions.version !== undefined && !isOfVersion(conditions.version, state)) return VERSION_FAILED;
  if (conditions.etag !== undefined && !isTagged(conditions.etag, state)) return ETAG_FAILED;
  if (conditions.ifMatch === undefined && wasModifiedSince(conditions.ifUnmodifiedSince, state) === true) {
    return IF_UNMODIFIED_SINCE_FAILED;
  }
  if (conditions.ifNoneMatch !== undefined) {
    if (!isNoneMatched(conditions.ifNoneMatch, state)) return isRead(method) ? NOT_MODIFIED : IF_NONE_MATCH_FAILED;
  } else if (isRead(method) && wasModifiedSince(conditions.ifModifiedSince, state) === false) {
    return NOT_MODIFIED;
  }
  if (method !== "GET" || conditions.ifRange === undefined) return PROCEED;
  return isSameForRange(conditions.ifRange, state) ? PROCEED_WITH_RANGE : PROCEED_WITHOUT_RANGE;
}

/** Which conditions a resource that requires one is content with. */
export interface RequirementOptions {
  /** Whether a date alone is enough, though two writes fit into one second. */
  readonly datesSuffice: boolean;
}

/**
 * Whether a write comes with a precondition where one is required; where not, the answer is 428 (RFC 6585 §3).
 * `If-Match` is enough, `*` too, and so are the body's version and entity-tag; a date only where `datesSuffice`; and of
 * `If-None-Match` only `*` on PUT, which creates and overwrites nothing.
 */
export function satisfiesRequirement(method: string, conditions: Conditions, options: RequirementOptions): boolean {
  const { ifMatch, version, etag } = conditions;
  if (ifMatch !== undefined || version !== undefined || etag !== undefined) return true;
  if (options.datesSuffice && conditions.ifUnmodifiedSince !== undefined) return true;
  return method === "PUT" && conditions.ifNoneMatch?.kind === "any";
}

/** The methods that select no representation, and to which no condition applies (RFC 9110 §13.2.1). */
export function ignoresPreconditions(method: string): boolean {
  return method === "OPTIONS" || method === "TRACE" || method === "CONNECT";
}

/** The methods that a false `If-None-Match` turns into 304, and the only ones for which `If-Modified-Since` counts. */
export function isRead(method: string): boolean {
  return method === "GET" || method === "HEAD";
}

function isMatched(list: EntityTagList, state: CurrentState): boolean {
  if (state.kind === "absent") return false;
  if (list.kind === "any") return true;
  return list.tags.some((tag) => isTagged(tag, state));
}

function isTagged(tag: EntityTag, state: CurrentState): boolean {
  if (state.kind === "absent") return false;
  const { etag, alsoKnownAs } = state;
  if (etag !== undefined && strongMatch(tag, etag)) return true;
  return alsoKnownAs?.some((other) => strongMatch(tag, other)) === true;
}

function isNoneMatched(list: EntityTagList, state: CurrentState): boolean {
  if (state.kind === "absent") return true;
  if (list.kind === "any") return false;
  const { etag } = state;
  if (etag === undefined) return true;
  for (const tag of list.tags) {
    if (weakMatch(tag, etag)) return false;
  }
  return true;
}

function isOfVersion(version: Version, state: CurrentState): boolean {
  return state.kind === "present" && state.version === version;
}

/** `undefined` where there is no date to compare: the condition is ignored then (RFC 9110 §13.1.3, §13.1.4). */
function wasModifiedSince(date: Moment | undefined, state: CurrentState): boolean | undefined {
  if (date === undefined || state.kind === "absent" || state.modifiedAt === undefined) return undefined;
  return wholeSeconds(state.modifiedAt) > wholeSeconds(date);
}

function isSameForRange(condition: RangeCondition, state: CurrentState): boolean {
  if (state.kind === "absent") return false;
  if (condition.kind === "tag") return state.etag !== undefined && strongMatch(condition.tag, state.etag);
  if (condition.kind === "unreadable" || state.aloneInItsSecond !== true || state.modifiedAt === undefined)
    return false;
  return wholeSeconds(state.modifiedAt) === wholeSeconds(condition.date);
}

/** What of a moment a header can say. */
function wholeSeconds(moment: Moment): number {
  return Math.floor(moment / 1000);
}
