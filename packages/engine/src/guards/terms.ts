import { type Conditions, type EntityTag, type ProblemEntry, parseConditions, parseEntityTag } from "@unclash/core";
import { entityTagText } from "../preconditions/body-tag.js";
import { readPreferences } from "../preconditions/preferences.js";
import { withoutProxies } from "../preconditions/proxy-tags.js";
import { malformedVersion, notCompared } from "../preconditions/version-text.js";
import type { GuardError } from "./guard-error.js";
import type { GuardExchange } from "./guard-exchange.js";
import { type KeyedRequest, readKeyed } from "./keyed-request.js";
import type { Terms } from "./settle-write.js";

/** All that a request says of its conditions, or the answer to one that says it badly. */
export type ReadTerms =
  | { readonly kind: "terms"; readonly terms: Terms; readonly keyed: KeyedRequest | undefined }
  | { readonly kind: "refuse"; readonly error: GuardError };

/** Reads conditions, preferences and idempotency key. Everything malformed about them is named at once. */
export function readTerms(exchange: GuardExchange): ReadTerms {
  const { settings } = exchange;
  const errors: ProblemEntry[] = [];
  const conditions = readConditions(exchange, errors);
  const keyed = readKeyed(exchange, errors);
  if (errors.length > 0 && !settings.reportOnly) {
    const detail = errors.map((entry) => entry.detail).join(" ");
    return { kind: "refuse", error: exchange.refusal("malformed-request", detail, { members: { errors } }) };
  }
  const preferences = readPreferences(exchange, settings);
  return { kind: "terms", terms: { conditions, preferences }, keyed };
}

function readConditions(exchange: GuardExchange, errors: ProblemEntry[]): Conditions {
  const { settings, request, header } = exchange;
  const version = bodyVersion(exchange, errors);
  const etag = bodyTag(exchange, errors);
  const named = { ...(version !== undefined && { version }), ...(etag !== undefined && { etag }) };
  const facts = { method: request.method, now: Date.now(), ...named };
  const parsed = parseConditions(header, facts, { tagsMax: settings.limits.entityTagsMax });
  if (parsed.kind === "malformed") {
    errors.push(...parsed.errors);
    return {};
  }
  return settings.acceptProxyTags ? withoutProxies(parsed.conditions) : parsed.conditions;
}

/**
 * The version that the content of a PUT or a merge patch names, where the app says under which name. One that is a text is kept
 * on the exchange: whether it can be a version at all, only the state shows.
 */
function bodyVersion(exchange: GuardExchange, errors: ProblemEntry[]): number | undefined {
  const { versionField: field } = exchange.settings;
  const version = memberOfBody(exchange, field);
  if (version === undefined) return undefined;
  if (typeof version === "number" && Number.isSafeInteger(version) && version >= 0) return version;
  if (typeof version === "string" && version !== "") {
    exchange.versionText = version;
    return notCompared;
  }
  errors.push(malformedVersion(exchange));
  return undefined;
}

/** The entity-tag that such content names. */
function bodyTag(exchange: GuardExchange, errors: ProblemEntry[]): EntityTag | undefined {
  const { etagField: field } = exchange.settings;
  const text = memberOfBody(exchange, field);
  if (text === undefined) return undefined;
  const tag = typeof text === "string" ? parseEntityTag(text) : undefined;
  if (tag === undefined) errors.push({ code: "malformed-etag", pointer: `/${field}`, detail: entityTagText });
  return tag;
}

function memberOfBody({ request: { method, body } }: GuardExchange, field: string | false): unknown {
  if (field === false || body.kind !== "parsed" || (method !== "PUT" && method !== "PATCH")) return undefined;
  const { value } = body;
  if (typeof value !== "object" || value === null || Array.isArray(value) || !Object.hasOwn(value, field))
    return undefined;
  return Reflect.get(value, field);
}
