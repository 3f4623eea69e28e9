import {
  type Conditions,
  type EntityTag,
  idFault,
  namesOtherVersions,
  type ProblemEntry,
  resourceKey,
  unsupportedConditions,
} from "@unclash/core";
import { isJsonObject, type Json, type JsonObject, pointerOf, readPatch } from "@unclash/core/json";
import type { Key } from "@unclash/core/store";
import { uuidv7 } from "uuidv7";
import { type Change, jsonPatchType, mergePatchType } from "../conflicts/change.js";
import { readContent } from "../http/body.js";
import { malformed, type Refused } from "../http/refusal.js";
import { sentences } from "../http/sentences.js";
import { type KeyedWrite, keyedWrite } from "../idempotency/in-commit.js";
import { readSentKey } from "../idempotency/sent-key.js";
import {
  isVersion,
  malformedVersion,
  type NamedInContent,
  readConditions,
  readTagMember,
} from "../preconditions/conditions.js";
import { type Preferences, readPreferences } from "../preconditions/preferences.js";
import { fieldsOf } from "../states/representation.js";
import type { Collection } from "./collection.js";
import type { CollectionExchange } from "./collection-exchange.js";

/** A write as the client wants it: well-formed, and not yet compared with anything that is there. */
export interface WriteRequest {
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
export interface WriteTarget {
  readonly collection: Collection;
  /** `undefined` for a POST to the collection. */
  readonly id: string | undefined;
  readonly hidden: boolean;
}

/** The media types of the patches that a collection takes, as they stand in `Accept-Patch` (RFC 5789 §3.1). */
export function patchTypes({ jsonPatchAsMerge }: Pick<Collection, "jsonPatchAsMerge">): readonly string[] {
  return jsonPatchAsMerge ? patchesAndJson : patches;
}

const json = "application/json";
const wholes: readonly string[] = [json];
const patches: readonly string[] = [mergePatchType, jsonPatchType];
const patchesAndJson: readonly string[] = [...patches, json];

/**
 * Reads all that a write says: content, preconditions, key, preferences. Everything malformed about it is named at
 * once.
 */
export async function readWriteRequest(
  exchange: CollectionExchange,
  method: WriteRequest["method"],
  { collection, id: addressed, hidden }: WriteTarget,
): Promise<{ readonly kind: "write"; readonly request: WriteRequest } | Refused> {
  const errors: ProblemEntry[] = [];
  const content =
    method === "DELETE" ? deletion : await readChange(exchange, collection, { method, addressed }, errors);
  if (content.kind === "refused") return content;
  const { change, named, givenId, body } = content;
  const { acceptProxyTags, digest } = collection;
  const options = { acceptProxyTags, tagsHoldVersions: digest === undefined, ...named };
  const conditions = readConditions(exchange, options, errors);
  if (method === "POST") errors.push(...unsupportedConditions(conditions));
  const sent = readSentKey(exchange.header("idempotency-key"), exchange.actor);
  if (sent?.kind === "malformed") errors.push(sent.error);
  if (errors.length > 0) return malformed(errors);
  const id = addressed ?? givenId ?? uuidv7();
  const preferences = readPreferences(exchange, collection.allowedStrategies);
  const keyed = sent?.kind === "key" ? keyedWrite(exchange, sent.key, { preferences, body }) : undefined;
  const idGiven = (addressed ?? givenId) !== undefined;
  const about = { method, collection, id, key: resourceKey(collection.name, id), idGiven, hidden };
  return { kind: "write", request: { ...about, change, conditions, preferences, keyed } };
}

interface WriteContent {
  readonly kind: "content";
  readonly change: Change;
  /** On PUT and merge-patch, what the content names is a precondition. */
  readonly named?: NamedInContent;
  readonly givenId?: string | undefined;
  /** The content as it came. */
  readonly body?: Json;
}

const deletion: WriteContent = { kind: "content", change: { kind: "delete" } };

async function readChange(
  exchange: CollectionExchange,
  collection: Collection,
  { method, addressed }: { readonly method: "POST" | "PUT" | "PATCH"; readonly addressed: string | undefined },
  errors: ProblemEntry[],
): Promise<WriteContent | Refused> {
  const read = await readContent(exchange, method === "PATCH" ? patchTypes(collection) : wholes);
  if (read.kind === "refused") return read;
  if (read.kind === "malformed") {
    errors.push(...read.errors.map((entry) => versionEntry(collection, entry)));
    return deletion;
  }
  const { value, mediaType } = read;
  const { requestLimits } = exchange.settings;
  if (mediaType === jsonPatchType) {
    const patch = readPatch(value, requestLimits.patchOperationsMax);
    if (patch.kind === "malformed") errors.push(...patch.errors);
    return { kind: "content", change: { kind: "json-patch", patch: value }, body: value };
  }
  if (!isJsonObject(value)) return { kind: "content", change: changeOf(method, value), body: value };
  const named = readNamed(collection, value, errors);
  const givenId = readId(value, addressed, requestLimits.idBytesMax, errors);
  const change = changeOf(method, fieldsOf(collection, value));
  return { kind: "content", change, givenId, body: value, ...(method !== "POST" && { named }) };
}

/** What content that is no JSON Patch would do. */
function changeOf(method: "POST" | "PUT" | "PATCH", value: Json): Change {
  return method === "PATCH" ? { kind: "merge-patch", patch: value } : { kind: "replace", value };
}

/** The version and the entity-tag that the content names. */
function readNamed(collection: Collection, body: JsonObject, errors: ProblemEntry[]): NamedInContent {
  const version = readVersion(collection, body, errors);
  const etag = readTag(collection, body, version, errors);
  return { ...(version !== undefined && { version }), ...(etag !== undefined && { etag }) };
}

function readVersion({ versionField }: Collection, body: JsonObject, errors: ProblemEntry[]): number | undefined {
  if (versionField === false || !Object.hasOwn(body, versionField)) return undefined;
  const version = body[versionField];
  if (isVersion(version)) return version;
  errors.push(malformedVersion(versionField));
  return undefined;
}

/** A number that only the text shows to be another one is no version either, where a version stands. */
function versionEntry({ versionField }: Collection, entry: ProblemEntry): ProblemEntry {
  const isOfVersion = versionField !== false && entry.pointer === pointerOf([versionField]);
  return entry.code === "number-out-of-range" && isOfVersion ? malformedVersion(versionField) : entry;
}

function readTag(
  { etagField, digest }: Collection,
  body: JsonObject,
  version: number | undefined,
  errors: ProblemEntry[],
): EntityTag | undefined {
  if (etagField === false || !Object.hasOwn(body, etagField)) return undefined;
  const tag = readTagMember(body[etagField], etagField, errors);
  if (tag === undefined || version === undefined || digest !== undefined || !namesOtherVersions([tag], version))
    return tag;
  const detail = sentences.versionDiffersFromTag(version);
  errors.push({ code: "contradictory-preconditions", pointer: pointerOf([etagField]), detail });
  return tag;
}

function readId(
  body: JsonObject,
  addressed: string | undefined,
  bytesMax: number,
  errors: ProblemEntry[],
): string | undefined {
  if (!Object.hasOwn(body, "id")) return undefined;
  const { id } = body;
  const fault = typeof id === "string" ? idFault(id, bytesMax) : { code: "malformed-id", detail: sentences.idType };
  if (addressed !== undefined && id !== addressed) {
    errors.push({ code: "contradictory-id", pointer: "/id", detail: sentences.idDiffers });
  } else if (fault !== undefined) {
    errors.push({ ...fault, pointer: "/id" });
  } else if (typeof id === "string") {
    return id;
  }
  return undefined;
}
