import { type Conditions, type EntityTag, type ProblemEntry, parseConditions, parseEntityTag } from "@unclash/core";
import { pointerOf } from "@unclash/core/json";
import type { Exchange } from "../access/exchange.js";
import { isSafe } from "../http/methods.js";
import { sentences } from "../http/sentences.js";
import type { Preferences } from "./preferences.js";
import { withoutProxies } from "./proxy-tags.js";

/** The parsed preconditions and preferences of a request. */
export interface ParsedRequest {
  readonly conditions: Conditions;
  readonly preferences: Preferences;
}

/** What of a request's content is a precondition. */
export interface NamedInContent {
  readonly version?: number | undefined;
  readonly etag?: EntityTag | undefined;
}

/** How conditions are read. */
export interface ConditionOptions extends NamedInContent {
  /** Whether an `If-Match` that a proxy weakened or suffixed is taken as ours. */
  readonly acceptProxyTags?: boolean;
  /** Whether entity-tags hold versions, so that one in the content can contradict them. @default false */
  readonly tagsHoldVersions?: boolean;
}

/** Reads the conditions of a request; what is malformed about them is added to the errors. */
export function readConditions(
  { header, request, settings }: Exchange,
  options: ConditionOptions | undefined,
  errors: ProblemEntry[],
): Conditions {
  const { method } = request;
  const now = Date.now();
  // A copy of members is several times as slow as a literal, which names them one by one.
  const facts = {
    method,
    now,
    version: options?.version,
    etag: options?.etag,
    tagsHoldVersions: options?.tagsHoldVersions,
  };
  const parsed = parseConditions(header, facts, { tagsMax: settings.requestLimits.entityTagsMax });
  if (parsed.kind === "malformed") {
    errors.push(...parsed.errors);
    return {};
  }
  if (Array.isArray(request.headers["if-unmodified-since"]) && guardsWrite(method, parsed.conditions)) {
    errors.push(repeatedDate);
  }
  return options?.acceptProxyTags ? withoutProxies(parsed.conditions) : parsed.conditions;
}

/** Whether `If-Unmodified-Since` would have a say on a write (RFC 9110 §13.1.4). */
function guardsWrite(method: string, { ifMatch }: Conditions): boolean {
  return !isSafe(method) && ifMatch === undefined;
}

/** Several dates are none, and a date that is none is ignored; but whoever sends several wants a write guarded. */
const repeatedDate: ProblemEntry = {
  code: "repeated-header",
  header: "If-Unmodified-Since",
  detail: sentences.sentTwice("If-Unmodified-Since"),
};

/** Reads the entity-tag that a member of the content holds; what is no entity-tag is added to the errors. */
export function readTagMember(text: unknown, field: string, errors: ProblemEntry[]): EntityTag | undefined {
  const tag = typeof text === "string" ? parseEntityTag(text) : undefined;
  if (tag === undefined) {
    errors.push({ code: "malformed-etag", pointer: pointerOf([field]), detail: sentences.entityTagMember });
  }
  return tag;
}

/** What is said of a version in the content that is none. */
export function malformedVersion(field: string | false): ProblemEntry {
  const pointer = field === false ? "" : pointerOf([field]);
  return { code: "malformed-version", pointer, detail: sentences.versionMember };
}

/** Whether the value can be a version. */
export function isVersion(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
