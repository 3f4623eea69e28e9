import {
  type EntityTag,
  idFault,
  namesOtherVersions,
  type ProblemEntry,
  parseEntityTag,
  type ResponsePlan,
} from "@unclash/core";
import { defaultPatchLimits, isJsonObject, type Json, type JsonObject, readPatch } from "@unclash/core/json";
import type { RequestFacts } from "unclash";
import { takeBody } from "./body.js";

/** What a write would make of a customer. */
export type Change =
  | { readonly kind: "replace"; readonly value: Json }
  | { readonly kind: "merge-patch"; readonly patch: Json }
  | { readonly kind: "json-patch"; readonly patch: Json }
  | { readonly kind: "delete" };

/** What the content of a write says, well-formed. */
export interface TakenChange {
  readonly kind: "change";
  readonly change: Change;
  /** The content as it was sent, for the guard. */
  readonly content?: Json;
  /** The version that it names: a precondition. */
  readonly version?: number;
  /** The entity-tag that it names: a precondition too. */
  readonly etag?: EntityTag;
  /** The id that it names. */
  readonly id?: string;
}

const mergePatchType = "application/merge-patch+json";
const jsonPatchType = "application/json-patch+json";

/** The media types of a write's content, by method; those of PATCH stand in `Accept-Patch` too (RFC 5789 §3.1). */
export const mediaTypes: Readonly<Record<"POST" | "PUT" | "PATCH", readonly string[]>> = {
  POST: ["application/json"],
  PUT: ["application/json"],
  PATCH: [mergePatchType, jsonPatchType],
};

const deletion: TakenChange = { kind: "change", change: { kind: "delete" } };

/** Reads the content of a write to the id in the path; adds to `errors` all that is malformed about it. */
export async function takeChange(
  facts: RequestFacts,
  method: "POST" | "PUT" | "PATCH" | "DELETE",
  addressed: string | undefined,
  errors: ProblemEntry[],
): Promise<TakenChange | { readonly kind: "refused"; readonly plan: ResponsePlan }> {
  if (method === "DELETE") return deletion;
  const taken = await takeBody(facts, mediaTypes[method]);
  if (taken.kind === "refused") return taken;
  if (taken.kind === "malformed") {
    errors.push(versionEntry(taken.error));
    return deletion;
  }
  const { value, mediaType } = taken;
  if (mediaType === jsonPatchType) {
    const read = readPatch(value, defaultPatchLimits.operationsMax);
    if (read.kind === "malformed") errors.push(...read.errors);
    return { kind: "change", change: { kind: "json-patch", patch: value }, content: value };
  }
  if (!isJsonObject(value)) return { kind: "change", change: changeOf(mediaType, value), content: value };
  const version = namedVersion(value, errors);
  const etag = namedTag(value, version, errors);
  const id = namedId(value, addressed, errors);
  return {
    kind: "change",
    change: changeOf(mediaType, fieldsOf(value)),
    content: value,
    ...(version !== undefined && method !== "POST" && { version }),
    ...(etag !== undefined && method !== "POST" && { etag }),
    ...(id !== undefined && { id }),
  };
}

/** What of a representation are fields: all but `id`, `version` and `etag`. */
export function fieldsOf({ id, version, etag, ...fields }: JsonObject): JsonObject {
  return fields;
}

function changeOf(mediaType: string, value: Json): Change {
  return mediaType === mergePatchType ? { kind: "merge-patch", patch: value } : { kind: "replace", value };
}

function namedVersion(content: JsonObject, errors: ProblemEntry[]): number | undefined {
  if (!Object.hasOwn(content, "version")) return undefined;
  const version = content["version"];
  if (typeof version === "number" && Number.isSafeInteger(version) && version >= 0) return version;
  errors.push({ code: "malformed-version", pointer: "/version", detail: wholeVersion });
  return undefined;
}

const wholeVersion = "A version must be a whole number of at most 2^53 - 1.";

/** A number that only the text shows to be another one is no version either, where a version stands. */
function versionEntry(entry: ProblemEntry): ProblemEntry {
  const isVersion = entry.code === "number-out-of-range" && entry.pointer === "/version";
  return isVersion ? { code: "malformed-version", pointer: "/version", detail: wholeVersion } : entry;
}

function namedTag(content: JsonObject, version: number | undefined, errors: ProblemEntry[]): EntityTag | undefined {
  if (!Object.hasOwn(content, "etag")) return undefined;
  const text = content["etag"];
  const tag = typeof text === "string" ? parseEntityTag(text) : undefined;
  const pointer = "/etag";
  if (tag === undefined) {
    const detail = 'An entity-tag must be a string that includes its quotes, such as "\\"4-p0aa\\"".';
    errors.push({ code: "malformed-etag", pointer, detail });
  } else if (version !== undefined && namesOtherVersions([tag], version)) {
    const detail = `The content names version ${version}, and its entity-tag another one.`;
    errors.push({ code: "contradictory-preconditions", pointer, detail });
  }
  return tag;
}

function namedId(content: JsonObject, addressed: string | undefined, errors: ProblemEntry[]): string | undefined {
  if (!Object.hasOwn(content, "id")) return undefined;
  const id = content["id"];
  const pointer = "/id";
  const fault = typeof id === "string" ? idFault(id) : undefined;
  if (addressed !== undefined && id !== addressed) {
    errors.push({ code: "contradictory-id", pointer, detail: "The id in the content is not the one in the path." });
  } else if (typeof id !== "string") {
    errors.push({ code: "malformed-id", pointer, detail: "An id must be a string." });
  } else if (fault !== undefined) {
    errors.push({ ...fault, pointer });
  } else {
    return id;
  }
  return undefined;
}
