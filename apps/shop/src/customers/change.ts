import {
  defaultPatchLimits,
  idFault,
  isJsonObject,
  type Json,
  type JsonObject,
  type ProblemEntry,
  type ResponsePlan,
  readPatch,
} from "@unclash/core";
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
    errors.push(taken.error);
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
  const id = namedId(value, addressed, errors);
  return {
    kind: "change",
    change: changeOf(mediaType, fieldsOf(value)),
    content: value,
    ...(version !== undefined && method !== "POST" && { version }),
    ...(id !== undefined && { id }),
  };
}

/** What of a representation are fields: all but `id` and `version`. */
export function fieldsOf({ id, version, ...fields }: JsonObject): JsonObject {
  return fields;
}

function changeOf(mediaType: string, value: Json): Change {
  return mediaType === mergePatchType ? { kind: "merge-patch", patch: value } : { kind: "replace", value };
}

function namedVersion(content: JsonObject, errors: ProblemEntry[]): number | undefined {
  if (!Object.hasOwn(content, "version")) return undefined;
  const version = content["version"];
  if (typeof version === "number" && Number.isSafeInteger(version) && version >= 0) return version;
  errors.push({ code: "malformed-version", pointer: "/version", detail: "A version is a whole number." });
  return undefined;
}

function namedId(content: JsonObject, addressed: string | undefined, errors: ProblemEntry[]): string | undefined {
  if (!Object.hasOwn(content, "id")) return undefined;
  const id = content["id"];
  const pointer = "/id";
  const fault = typeof id === "string" ? idFault(id) : undefined;
  if (addressed !== undefined && id !== addressed) {
    errors.push({ code: "contradictory-id", pointer, detail: "The id in the content is not the one in the path." });
  } else if (typeof id !== "string") {
    errors.push({ code: "malformed-id", pointer, detail: "An id is a string." });
  } else if (fault !== undefined) {
    errors.push({ ...fault, pointer });
  } else {
    return id;
  }
  return undefined;
}
