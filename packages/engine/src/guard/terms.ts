import { type Conditions, type ProblemEntry, parseConditions } from "@unclash/core";
import { readPreferences } from "../preferences.js";
import { withoutProxies } from "../proxy-tags.js";
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
  const facts = { method: request.method, now: Date.now(), ...(version !== undefined && { version }) };
  const parsed = parseConditions(header, facts, { tagsMax: settings.limits.entityTagsMax });
  if (parsed.kind === "malformed") {
    errors.push(...parsed.errors);
    return {};
  }
  return settings.acceptProxyTags ? withoutProxies(parsed.conditions) : parsed.conditions;
}

/** The version that the content of a PUT or a merge patch names, where the app says under which name. */
function bodyVersion(exchange: GuardExchange, errors: ProblemEntry[]): number | undefined {
  const { versionField: field } = exchange.settings;
  const { method, body } = exchange.request;
  if (field === false || body.kind !== "parsed" || (method !== "PUT" && method !== "PATCH")) return undefined;
  const { value } = body;
  if (typeof value !== "object" || value === null || Array.isArray(value) || !Object.hasOwn(value, field))
    return undefined;
  const version: unknown = Reflect.get(value, field);
  if (typeof version === "number" && Number.isSafeInteger(version) && version >= 0) return version;
  errors.push({ code: "malformed-version", pointer: `/${field}`, detail: "A version is a whole number." });
  return undefined;
}
