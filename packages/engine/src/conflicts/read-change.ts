import { type EntityTag, idFault, namesOtherVersions, type ProblemEntry } from "@unclash/core";
import { isJsonObject, type Json, type JsonObject, pointerOf, readPatch } from "@unclash/core/json";
import type { ReadContent } from "../http/body.js";
import type { Refused } from "../http/refusal.js";
import type { RequestLimits } from "../http/request-limits.js";
import { sentences } from "../http/sentences.js";
import { malformedVersion } from "../preconditions/conditions.js";
import { fieldsOf, type StateFormat } from "../states/representation.js";
import { type Change, jsonPatchType, mergePatchType } from "./change.js";

/** The methods whose content says what is to become of a resource. */
export type ContentMethod = "POST" | "PUT" | "PATCH";

const json = "application/json";
const wholes: readonly string[] = [json];
const patches: readonly string[] = [mergePatchType, jsonPatchType];
const patchesAndJson: readonly string[] = [...patches, json];

/** The media types of patches, as they stand in `Accept-Patch` (RFC 5789 §3.1). */
export function patchTypes({ jsonPatchAsMerge }: { readonly jsonPatchAsMerge: boolean }): readonly string[] {
  return jsonPatchAsMerge ? patchesAndJson : patches;
}

/** The media types that the content of a method may have. */
export function contentTypes(method: ContentMethod, jsonPatchAsMerge = false): readonly string[] {
  return method === "PATCH" ? patchTypes({ jsonPatchAsMerge }) : wholes;
}

type OwnMembers = Pick<StateFormat, "ownMembers" | "versionField">;

/** What the content of a write asks for. */
export interface AskedChange {
  readonly kind: "asked";
  readonly change: Change;
  /** The content, where its members may be the resource's own (`id`, version, entity-tag): no JSON Patch. */
  readonly members?: JsonObject | undefined;
  /** The content as it came. */
  readonly body: Json;
}

/** Reads what content asks for. Nothing where it is malformed, which is added to the errors. */
export function readChange(
  method: ContentMethod,
  content: Exclude<ReadContent, Refused>,
  { format, limits }: { readonly format: OwnMembers; readonly limits: RequestLimits },
  errors: ProblemEntry[],
): AskedChange | undefined {
  if (content.kind === "malformed") {
    errors.push(...content.errors.map((entry) => versionEntry(format, entry)));
    return undefined;
  }
  const { value } = content;
  const change = changeOf(method, content, format);
  if (change.kind === "json-patch") {
    const patch = readPatch(value, limits.patchOperationsMax);
    if (patch.kind === "malformed") errors.push(...patch.errors);
    return { kind: "asked", change, body: value };
  }
  return { kind: "asked", change, members: isJsonObject(value) ? value : undefined, body: value };
}

/** What JSON of a media type would do as the content of a write. */
export function changeOf(
  method: ContentMethod,
  { mediaType, value }: { readonly mediaType: string; readonly value: Json },
  format: Pick<StateFormat, "ownMembers">,
): Change {
  if (method === "PATCH" && mediaType === jsonPatchType) return { kind: "json-patch", patch: value };
  const fields = isJsonObject(value) ? fieldsOf(format, value) : value;
  return method === "PATCH" ? { kind: "merge-patch", patch: fields } : { kind: "replace", value: fields };
}

/** A number that only the text shows to be another one is no version either, where a version stands. */
function versionEntry({ versionField }: OwnMembers, entry: ProblemEntry): ProblemEntry {
  const isOfVersion = versionField !== false && entry.pointer === pointerOf([versionField]);
  return entry.code === "number-out-of-range" && isOfVersion ? malformedVersion(versionField) : entry;
}

/** What is wrong with content whose version and entity-tag are those of two states; nothing where they agree. */
export function contradictoryTag(etag: EntityTag, version: number, etagField: string): ProblemEntry | undefined {
  if (!namesOtherVersions([etag], version)) return undefined;
  const detail = sentences.versionDiffersFromTag(version);
  return { code: "contradictory-preconditions", pointer: pointerOf([etagField]), detail };
}

/** The id that content gives to what it makes; nothing where it names none, or a malformed one: an error then. */
export function readGivenId(members: JsonObject, bytesMax: number, errors: ProblemEntry[]): string | undefined {
  if (!Object.hasOwn(members, "id")) return undefined;
  const { id } = members;
  const fault = typeof id === "string" ? idFault(id, bytesMax) : { code: "malformed-id", detail: sentences.idType };
  if (fault !== undefined) errors.push({ ...fault, pointer: "/id" });
  return fault === undefined && typeof id === "string" ? id : undefined;
}

/**
 * What is wrong with content that names another id than its resource has; nothing where it names that one, or none. A
 * number is the id that has its digits: `7` and `"7"` are one id, as they are in a path.
 */
export function contradictoryId(members: JsonObject, own: string): ProblemEntry | undefined {
  if (!Object.hasOwn(members, "id")) return undefined;
  const { id } = members;
  if ((typeof id === "string" || typeof id === "number") && String(id) === own) return undefined;
  return { code: "contradictory-id", pointer: "/id", detail: sentences.idDiffers };
}
