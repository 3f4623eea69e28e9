import { type Conditions, type EntityTag, type ProblemEntry, resourceKey, unsupportedConditions } from "@unclash/core";
import { isJsonObject, type Json, type JsonObject, pointerOf } from "@unclash/core/json";
import type { Key } from "@unclash/core/store";
import { uuidv7 } from "uuidv7";
import type { Change } from "../conflicts/change.js";
import {
  type ContentMethod,
  contentTypes,
  contradictoryId,
  contradictoryTag,
  readChange,
  readGivenId,
} from "../conflicts/read-change.js";
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
  /** It resolves a conflict, and is compared with what that found, whatever the strategy. @default false */
  readonly resolves?: boolean;
}

/** What a write is for, as its path says. */
export interface WriteTarget {
  readonly collection: Collection;
  /** `undefined` for a POST to the collection. */
  readonly id: string | undefined;
  readonly hidden: boolean;
  /** Its content names the version to go back to. @default it is what the method says */
  readonly asks?: "rollback";
}

/**
 * Reads all that a write says: content, preconditions, key, preferences. Everything malformed about it is named at
 * once.
 */
export async function readWriteRequest(
  exchange: CollectionExchange,
  method: WriteRequest["method"],
  { collection, id: addressed, hidden, asks }: WriteTarget,
): Promise<{ readonly kind: "write"; readonly request: WriteRequest } | Refused> {
  const errors: ProblemEntry[] = [];
  const content =
    method === "DELETE"
      ? deletion
      : asks === "rollback"
        ? await readRollback(exchange, errors)
        : await readContentOf(exchange, collection, { method, addressed }, errors);
  if (content.kind === "refused") return content;
  const { change, named, givenId, body } = content;
  const { acceptProxyTags, digest } = collection;
  const options = {
    acceptProxyTags,
    tagsHoldVersions: digest === undefined,
    version: named?.version,
    etag: named?.etag,
  };
  const conditions = readConditions(exchange, options, errors);
  if (method === "POST") errors.push(...unsupportedConditions(conditions));
  const sent = readSentKey(exchange.header("idempotency-key"), exchange.actor);
  if (sent?.kind === "malformed") errors.push(sent.error);
  if (errors.length > 0) return malformed(errors);
  const id = addressed ?? givenId ?? uuidv7();
  const preferences = readPreferences(exchange, collection.allowedStrategies);
  const keyed = sent?.kind === "key" ? keyedWrite(exchange, sent.key, { preferences, body }) : undefined;
  const idGiven = (addressed ?? givenId) !== undefined;
  const key = resourceKey(collection.name, id);
  return {
    kind: "write",
    request: { method, collection, id, key, idGiven, change, conditions, preferences, hidden, keyed },
  };
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

async function readContentOf(
  exchange: CollectionExchange,
  collection: Collection,
  { method, addressed }: { readonly method: ContentMethod; readonly addressed: string | undefined },
  errors: ProblemEntry[],
): Promise<WriteContent | Refused> {
  const read = await readContent(exchange, contentTypes(method, collection.jsonPatchAsMerge));
  if (read.kind === "refused") return read;
  const { requestLimits } = exchange.settings;
  const asked = readChange(method, read, { format: collection, limits: requestLimits }, errors);
  if (asked === undefined) return deletion;
  const { members, change, body } = asked;
  if (members === undefined) return { kind: "content", change, body };
  const named = readNamed(collection, members, errors);
  if (addressed === undefined) {
    const givenId = readGivenId(members, requestLimits.idBytesMax, errors);
    return { kind: "content", change, givenId, body };
  }
  const otherId = contradictoryId(members, addressed);
  if (otherId !== undefined) errors.push(otherId);
  return { kind: "content", change, named, body };
}

/** The content of a rollback: the version to go back to, which is no precondition. */
async function readRollback(exchange: CollectionExchange, errors: ProblemEntry[]): Promise<WriteContent | Refused> {
  const read = await readContent(exchange, ["application/json"]);
  if (read.kind === "refused") return read;
  if (read.kind === "malformed") {
    errors.push(...read.errors.map((entry) => (entry.pointer === "/version" ? malformedVersion("version") : entry)));
    return deletion;
  }
  const members: JsonObject = isJsonObject(read.value) ? read.value : {};
  const version = readVersion("version", members, errors);
  if (!Object.hasOwn(members, "version")) errors.push(malformedVersion("version"));
  const others = Object.keys(members).filter((name) => name !== "version");
  for (const name of others.slice(0, othersMax)) {
    errors.push({ code: "unknown-member", pointer: pointerOf([name]), detail: sentences.rollbackMembers });
  }
  return { kind: "content", change: { kind: "rollback", version: version ?? 0 }, body: read.value };
}

/** So many members that mean nothing are named at most. */
const othersMax = 10;

/** The version and the entity-tag that the content names. */
function readNamed(collection: Collection, body: JsonObject, errors: ProblemEntry[]): NamedInContent {
  const version = readVersion(collection.versionField, body, errors);
  const etag = readTag(collection, body, version, errors);
  return { version, etag };
}

function readVersion(versionField: string | false, body: JsonObject, errors: ProblemEntry[]): number | undefined {
  if (versionField === false || !Object.hasOwn(body, versionField)) return undefined;
  const version = body[versionField];
  if (isVersion(version)) return version;
  errors.push(malformedVersion(versionField));
  return undefined;
}

function readTag(
  { etagField, digest }: Collection,
  body: JsonObject,
  version: number | undefined,
  errors: ProblemEntry[],
): EntityTag | undefined {
  if (etagField === false || !Object.hasOwn(body, etagField)) return undefined;
  const tag = readTagMember(body[etagField], etagField, errors);
  if (tag === undefined || version === undefined || digest !== undefined) return tag;
  const contradictory = contradictoryTag(tag, version, etagField);
  if (contradictory !== undefined) errors.push(contradictory);
  return tag;
}
