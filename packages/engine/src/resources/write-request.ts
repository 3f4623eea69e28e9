import {
  type Conditions,
  type EntityTag,
  idFault,
  isJsonObject,
  type Json,
  type Key,
  namesOtherVersions,
  type ProblemEntry,
  parseConditions,
  parseEntityTag,
  pointerOf,
  type ResponsePlan,
  readPatch,
  resourceKey,
} from "@unclash/core";
import { uuidv7 } from "uuidv7";
import type { Exchange } from "../access/exchange.js";
import { takeBody } from "../http/body.js";
import { problemPlan } from "../http/responses.js";
import { type KeyedWrite, keyedWrite } from "../idempotency/keyed-write.js";
import { readSentKey } from "../idempotency/sent-key.js";
import { entityTagText } from "../preconditions/body-tag.js";
import { type Preferences, readPreferences } from "../preconditions/preferences.js";
import { withoutProxies } from "../preconditions/proxy-tags.js";
import { fieldsOf } from "../states/representation.js";
import type { Collection } from "./collection.js";

/** What a write would do, before anything was read. */
export type Change =
  | { readonly kind: "replace"; readonly value: Json }
  | { readonly kind: "merge-patch"; readonly patch: Json }
  | { readonly kind: "json-patch"; readonly patch: Json }
  | { readonly kind: "delete" };

/** A write as the client wants it: well-formed, and not yet compared with anything that is there. */
export interface WriteIntent {
  readonly method: "POST" | "PUT" | "PATCH" | "DELETE";
  readonly collection: Collection;
  readonly id: string;
  readonly key: Key;
  /** The client chose the id; of a POST without one, we did. */
  readonly idGiven: boolean;
  readonly change: Change;
  readonly conditions: Conditions;
  readonly preferences: Preferences;
  /** The app hides the resource from its sender: whatever is there, nothing is. */
  readonly hidden: boolean;
  /** What it is known by, where it came with `Idempotency-Key`. */
  readonly keyed: KeyedWrite | undefined;
}

/** What a write is for, as its path says. */
export interface Addressing {
  readonly collection: Collection;
  /** `undefined` for a POST to the collection. */
  readonly id: string | undefined;
  readonly hidden: boolean;
}

export type TakenIntent =
  | { readonly kind: "intent"; readonly intent: WriteIntent }
  | { readonly kind: "refused"; readonly plan: ResponsePlan };

const mergePatchType = "application/merge-patch+json";
const jsonPatchType = "application/json-patch+json";

/** The media types of a write's content, by method; they stand in `Accept-Patch` (RFC 5789 §3.1) too. */
export const mediaTypes: Readonly<Record<"POST" | "PUT" | "PATCH", readonly string[]>> = {
  POST: ["application/json"],
  PUT: ["application/json"],
  PATCH: [mergePatchType, jsonPatchType],
};

/** Reads all that a write says: body, preconditions, key, preferences. Everything malformed about it is named at once. */
export async function takeIntent(
  exchange: Exchange,
  method: WriteIntent["method"],
  { collection, id: addressed, hidden }: Addressing,
): Promise<TakenIntent> {
  const errors: ProblemEntry[] = [];
  const change = method === "DELETE" ? deletion : await takeChange(exchange, collection, method, addressed, errors);
  if (change.kind === "refused") return change;
  const { version, etag, givenId } = change;
  const tagsHoldVersions = collection.digest === undefined;
  const named = { ...(version !== undefined && { version }), ...(etag !== undefined && { etag }) };
  const facts = { method, now: Date.now(), tagsHoldVersions, ...named };
  const parsed = parseConditions(exchange.header, facts, { tagsMax: exchange.settings.limits.entityTagsMax });
  if (parsed.kind === "malformed") errors.push(...parsed.errors);
  else if (method === "POST") errors.push(...unsupportedConditions(parsed.conditions));
  const sent = readSentKey(exchange.header("idempotency-key"), exchange.actor);
  if (sent?.kind === "malformed") errors.push(sent.error);
  if (errors.length > 0 || parsed.kind === "malformed")
    return { kind: "refused", plan: malformedPlan(exchange, errors) };
  const id = addressed ?? givenId ?? uuidv7();
  const conditions = collection.acceptProxyTags ? withoutProxies(parsed.conditions) : parsed.conditions;
  const preferences = readPreferences(exchange, collection);
  const keyed = sent?.kind === "key" ? keyedWrite(exchange, sent.key, { preferences, body: change.body }) : undefined;
  const idGiven = (addressed ?? givenId) !== undefined;
  return {
    kind: "intent",
    intent: {
      method,
      collection,
      id,
      key: resourceKey(collection.name, id),
      idGiven,
      change: change.change,
      conditions,
      preferences,
      hidden,
      keyed,
    },
  };
}

/** Whether a JSON Patch asks what the state holds. */
export function testsState(change: Change): boolean {
  if (change.kind !== "json-patch" || !Array.isArray(change.patch)) return false;
  return change.patch.some((operation) => isJsonObject(operation) && operation["op"] === "test");
}

/** A list is no state that a creation can be held against: all that can be said of it is that it exists, with `*`. */
function unsupportedConditions({ ifMatch, ifNoneMatch, ifUnmodifiedSince }: Conditions): readonly ProblemEntry[] {
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

export function malformedPlan(exchange: Exchange, errors: readonly ProblemEntry[]): ResponsePlan {
  const detail = errors.map((entry) => entry.detail).join(" ");
  return problemPlan(exchange, "malformed-request", detail, { members: { errors } });
}

interface TakenChange {
  readonly kind: "change";
  readonly change: Change;
  /** The version that the body names; on PUT and merge-patch it is a precondition. */
  readonly version?: number;
  /** The entity-tag that the body names; the same holds of it. */
  readonly etag?: EntityTag;
  readonly givenId?: string;
  /** The content as it came. */
  readonly body?: Json;
}

const deletion: TakenChange = { kind: "change", change: { kind: "delete" } };

async function takeChange(
  exchange: Exchange,
  collection: Collection,
  method: "POST" | "PUT" | "PATCH",
  addressed: string | undefined,
  errors: ProblemEntry[],
): Promise<TakenChange | { readonly kind: "refused"; readonly plan: ResponsePlan }> {
  const taken = await takeBody(exchange, mediaTypes[method]);
  if (taken.kind === "refused") return taken;
  if (taken.kind === "malformed") {
    errors.push(...taken.errors.map((entry) => versionEntry(collection, entry)));
    return deletion;
  }
  const { value, mediaType } = taken;
  if (mediaType === jsonPatchType) {
    const read = readPatch(value, exchange.settings.limits.patchOperationsMax);
    if (read.kind === "malformed") errors.push(...read.errors);
    return { kind: "change", change: { kind: "json-patch", patch: value }, body: value };
  }
  if (!isJsonObject(value)) return { ...changeOf(mediaType, value), body: value };
  const version = bodyVersion(collection, value, errors);
  const etag = bodyTag(collection, value, version, errors);
  const givenId = bodyId(exchange, value, addressed, errors);
  const isCondition = method !== "POST";
  return {
    ...changeOf(mediaType, fieldsOf(collection, value)),
    ...(version !== undefined && isCondition && { version }),
    ...(etag !== undefined && isCondition && { etag }),
    ...(givenId !== undefined && { givenId }),
    body: value,
  };
}

function changeOf(mediaType: string, value: Json): TakenChange {
  const change: Change =
    mediaType === mergePatchType ? { kind: "merge-patch", patch: value } : { kind: "replace", value };
  return { kind: "change", change };
}

function bodyVersion(
  collection: Collection,
  body: Readonly<Record<string, Json>>,
  errors: ProblemEntry[],
): number | undefined {
  const field = collection.versionField;
  if (field === false || !Object.hasOwn(body, field)) return undefined;
  const version = body[field];
  if (typeof version === "number" && Number.isSafeInteger(version) && version >= 0) return version;
  errors.push({ code: "malformed-version", pointer: pointerOf([field]), detail: wholeVersion });
  return undefined;
}

const wholeVersion = "A version must be a whole number of at most 2^53 - 1.";

/** A number that only the text shows to be another one is no version either, where a version stands. */
function versionEntry({ versionField }: Collection, entry: ProblemEntry): ProblemEntry {
  if (entry.code !== "number-out-of-range" || versionField === false) return entry;
  const pointer = pointerOf([versionField]);
  return entry.pointer === pointer ? { code: "malformed-version", pointer, detail: wholeVersion } : entry;
}

function bodyTag(
  { etagField, digest }: Collection,
  body: Readonly<Record<string, Json>>,
  version: number | undefined,
  errors: ProblemEntry[],
): EntityTag | undefined {
  if (etagField === false || !Object.hasOwn(body, etagField)) return undefined;
  const text = body[etagField];
  const tag = typeof text === "string" ? parseEntityTag(text) : undefined;
  const pointer = pointerOf([etagField]);
  if (tag === undefined) {
    errors.push({ code: "malformed-etag", pointer, detail: entityTagText });
  } else if (version !== undefined && digest === undefined && namesOtherVersions([tag], version)) {
    const detail = `The content names version ${version}, and its entity-tag another one.`;
    errors.push({ code: "contradictory-preconditions", pointer, detail });
  }
  return tag;
}

function bodyId(
  exchange: Exchange,
  body: Readonly<Record<string, Json>>,
  addressed: string | undefined,
  errors: ProblemEntry[],
): string | undefined {
  if (!Object.hasOwn(body, "id")) return undefined;
  const id = body["id"];
  const fault = typeof id === "string" ? idFault(id, exchange.settings.limits.idBytesMax) : undefined;
  if (addressed !== undefined && id !== addressed) {
    errors.push({
      code: "contradictory-id",
      pointer: "/id",
      detail: "The id in the content is not the one in the path.",
    });
  } else if (typeof id !== "string") {
    errors.push({ code: "malformed-id", pointer: "/id", detail: "An id is a string." });
  } else if (fault !== undefined) {
    errors.push({ ...fault, pointer: "/id" });
  } else {
    return id;
  }
  return undefined;
}
