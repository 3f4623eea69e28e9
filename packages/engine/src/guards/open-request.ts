import { type ProblemEntry, unsupportedConditions } from "@unclash/core";
import { identifyCaller } from "../access/actor.js";
import { fromClient } from "../access/client-address.js";
import { type AskedChange, contradictoryTag } from "../conflicts/read-change.js";
import { headerRefusal, malformed, type Refused, refused } from "../http/refusal.js";
import type { RequestFacts } from "../http/request.js";
import { sentences } from "../http/sentences.js";
import {
  isVersion,
  malformedVersion,
  type NamedInContent,
  type ParsedRequest,
  readConditions,
  readTagMember,
} from "../preconditions/conditions.js";
import { notCompared } from "../preconditions/content-version.js";
import { readPreferences } from "../preconditions/preferences.js";
import { contentMethod, isCreation, isEmptyPost, readAsked, readAskedId } from "./asked-change.js";
import { GuardExchange } from "./guard-exchange.js";
import type { GuardSettings } from "./guard-settings.js";
import { warnOfNoResource } from "./handler-warnings.js";
import { type KeyedRequest, readKeyed } from "./keyed-request.js";
import { warnOfUnreadBody } from "./unread-body.js";

/** Reads conditions, preferences and idempotency key. Everything malformed about them is named at once. */
export function parseRequest(
  exchange: GuardExchange,
):
  | { readonly kind: "parsedRequest"; readonly parsedRequest: ParsedRequest; readonly keyed: KeyedRequest | undefined }
  | Refused {
  const { settings } = exchange;
  const errors: ProblemEntry[] = [];
  warnOfUnreadBody(exchange);
  const asked = settings.checkContent && !settings.reportOnly ? readContent(exchange, errors) : undefined;
  if (asked?.kind === "refused") return asked;
  const named = readNamed(exchange, errors);
  if (asked !== undefined) readAskedId(exchange, asked, errors);
  const conditions = readConditions(exchange, { acceptProxyTags: settings.acceptProxyTags, ...named }, errors);
  if (asked !== undefined && isCreation(exchange, "not loaded")) errors.push(...unsupportedConditions(conditions));
  const keyed = readKeyed(exchange, errors);
  if (errors.length > 0 && !settings.reportOnly) return malformed(errors);
  const preferences = readPreferences(exchange, settings.allowedStrategies);
  return { kind: "parsedRequest", parsedRequest: { conditions, preferences }, keyed };
}

/** Reads what the content asks for before anything is held against the state. */
function readContent(exchange: GuardExchange, errors: ProblemEntry[]): AskedChange | Refused | undefined {
  const method = contentMethod(exchange);
  if (method === undefined || isEmptyPost(exchange)) return undefined;
  const asked = readAsked(exchange, { method, asker: "checkContent" }, errors);
  if (asked?.kind === "asked") exchange.asked = asked;
  return asked;
}

/** The version and the entity-tag that the content names; that of a POST is held against no state. */
function readNamed(exchange: GuardExchange, errors: ProblemEntry[]): NamedInContent {
  const { etagField } = exchange.settings;
  const version = readVersion(exchange, errors);
  const member = memberOfBody(exchange, etagField);
  const etag = member === undefined ? undefined : readTagMember(member, String(etagField), errors);
  if (etag !== undefined && version !== undefined && !Number.isNaN(version)) {
    const contradictory = contradictoryTag(etag, version, String(etagField));
    if (contradictory !== undefined) errors.push(contradictory);
  }
  if (exchange.request.method === "POST") return {};
  return { ...(version !== undefined && { version }), ...(etag !== undefined && { etag }) };
}

/**
 * The version that the content of a PUT or a merge patch names, where the app says under which name. One that is a text
 * is kept on the exchange: whether it can be a version at all, only the state shows.
 */
function readVersion(exchange: GuardExchange, errors: ProblemEntry[]): number | undefined {
  const { versionField } = exchange.settings;
  const version = memberOfBody(exchange, versionField);
  if (version === undefined || isVersion(version)) return version;
  if (typeof version === "string" && version !== "") {
    if (exchange.request.method === "POST") return undefined;
    exchange.versionText = version;
    return notCompared;
  }
  errors.push(malformedVersion(versionField));
  return undefined;
}

function memberOfBody(exchange: GuardExchange, field: string | false): unknown {
  const { method, body } = exchange.request;
  if (field === false || body.kind !== "parsed") return undefined;
  const isChecked = method === "POST" && exchange.asked !== undefined;
  if (method !== "PUT" && method !== "PATCH" && !isChecked) return undefined;
  const isText = typeof body.value === "string" || body.value instanceof Uint8Array;
  const value: unknown = isText ? exchange.content : body.value;
  if (typeof value !== "object" || value === null || Array.isArray(value) || !Object.hasOwn(value, field))
    return undefined;
  return Reflect.get(value, field);
}

/** A request whose sender is known, and what it says; or why it goes no further. */
export type Opened = { readonly exchange: GuardExchange } & (
  | { readonly kind: "parsedRequest"; readonly parsedRequest: ParsedRequest; readonly keyed: KeyedRequest | undefined }
  | Refused
);

/** The first two steps of every request at a guard: identify → malformed. */
export async function openExchange(settings: GuardSettings, received: RequestFacts): Promise<Opened> {
  const startedAt = performance.now();
  const request = fromClient(received, settings.trust);
  const misread = headerRefusal(received);
  if (misread !== undefined && !settings.reportOnly)
    return { exchange: new GuardExchange(settings, request, undefined, startedAt), ...misread };
  const caller = await identifyCaller(settings.identify, request);
  const actor = caller.kind === "known" ? caller.actor : undefined;
  const exchange = new GuardExchange(settings, request, actor, startedAt);
  if (exchange.lacksResource) warnOfNoResource(exchange);
  if (exchange.lacksResource && !settings.reportOnly) {
    return { exchange, ...refused("not-found", sentences.noSingleResource(exchange.instance, request.method)) };
  }
  return caller.kind === "refused" && !settings.reportOnly
    ? { exchange, ...caller }
    : { exchange, ...parseRequest(exchange) };
}
