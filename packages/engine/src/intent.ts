import {
  type Conditions,
  idFault,
  isJsonObject,
  type Json,
  type Key,
  type ProblemEntry,
  parseConditions,
  type ResponsePlan,
  readPatch,
  resourceKey,
} from "@unclash/core";
import { uuidv7 } from "uuidv7";
import { takeBody } from "./body.js";
import type { Collection } from "./collection.js";
import type { Exchange } from "./exchange.js";
import { type KeyedWrite, keyedWrite } from "./idempotency/keyed-write.js";
import { readSentKey } from "./idempotency/sent-key.js";
import { problemPlan } from "./plan.js";
import { type Preferences, readPreferences } from "./preferences.js";
import { withoutProxies } from "./proxy-tags.js";
import { fieldsOf } from "./representation.js";

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
  /** What it is known by, where it came with `Idempotency-Key`. */
  readonly keyed: KeyedWrite | undefined;
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
  collection: Collection,
  method: WriteIntent["method"],
  addressed: string | undefined,
): Promise<TakenIntent> {
  const errors: ProblemEntry[] = [];
  const change = method === "DELETE" ? deletion : await takeChange(exchange, collection, method, addressed, errors);
  if (change.kind === "refused") return change;
  const { version, givenId } = change;
  const parsed = parseConditions(
    exchange.header,
    { method, now: Date.now(), ...(version !== undefined && { version }) },
    { tagsMax: exchange.settings.limits.entityTagsMax },
  );
  if (parsed.kind === "malformed") errors.push(...parsed.errors);
  const sent = readSentKey(exchange.header("idempotency-key"), exchange.actor);
  if (sent?.kind === "malformed") errors.push(sent.error);
  if (errors.length > 0 || parsed.kind === "malformed")
    return { kind: "refused", plan: malformedPlan(exchange, errors) };
  const id = addressed ?? givenId ?? uuidv7();
  const conditions = collection.acceptProxyTags ? withoutProxies(parsed.conditions) : parsed.conditions;
  const preferences = readPreferences(exchange, collection);
  const keyed = sent?.kind === "key" ? keyedWrite(exchange, sent.key, change.body) : undefined;
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
      keyed,
    },
  };
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
    errors.push(...taken.errors);
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
  const givenId = bodyId(exchange, value, addressed, errors);
  return {
    ...changeOf(mediaType, fieldsOf(collection, value)),
    ...(version !== undefined && method !== "POST" && { version }),
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
  errors.push({ code: "malformed-version", pointer: `/${field}`, detail: "A version is a whole number." });
  return undefined;
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
