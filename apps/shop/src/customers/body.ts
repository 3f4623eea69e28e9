import { isUtf8 } from "node:buffer";
import type { ProblemEntry, ResponsePlan } from "@unclash/core";
import {
  type CheckedJson,
  checkJson,
  defaultJsonLimits,
  defaultPatchLimits,
  type Json,
  parseJson,
} from "@unclash/core/json";
import type { RequestFacts } from "unclash";
import { isUtf8Charset, parseMediaType } from "unclash/adapter";
import { problemReply } from "./reply.js";

/** How many bytes of content a request may have. */
export const bodyBytesMax: number = defaultPatchLimits.bytesMax;

/** The content of a request: JSON of an accepted type, or what is malformed about it, or the answer to it. */
export type TakenBody =
  | { readonly kind: "body"; readonly mediaType: string; readonly value: Json }
  | { readonly kind: "malformed"; readonly error: ProblemEntry }
  | { readonly kind: "refused"; readonly plan: ResponsePlan };

/**
 * Takes the content of a request, as a framework has parsed it, or as it comes: an object, a text, bytes, or a stream
 * that is still to be read. 415 comes before 413, and both before anything that is malformed.
 */
export async function takeBody(facts: RequestFacts, accepted: readonly string[]): Promise<TakenBody> {
  const { essence: mediaType, charset } = parseMediaType(headerOf(facts, "content-type") ?? "");
  if (!accepted.includes(mediaType) || !isUtf8Charset(charset))
    return { kind: "refused", plan: wrongType(facts, accepted) };
  const coding = headerOf(facts, "content-encoding")?.trim().toLowerCase() || "identity";
  if (facts.body.kind === "parsed") return checked(mediaType, parsedElsewhere(facts.body.value));
  if (coding !== "identity") return { kind: "refused", plan: wrongCoding(facts) };
  if (Number(headerOf(facts, "content-length") ?? 0) > bodyBytesMax) return { kind: "refused", plan: tooLarge(facts) };
  const read = await facts.body.read(bodyBytesMax);
  if (read.kind === "too-large") return { kind: "refused", plan: tooLarge(facts) };
  if (read.kind !== "bytes") return malformed("The content ended early.");
  return checked(mediaType, parsedElsewhere(read.bytes));
}

/** A header's value; several lines are one, joined by commas (RFC 9110 §5.3). */
export function headerOf({ headers }: RequestFacts, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}

function parsedElsewhere(value: unknown): CheckedJson | undefined {
  if (typeof value === "string") return parseJson(value, defaultJsonLimits);
  if (!(value instanceof Uint8Array)) return checkJson(value, defaultJsonLimits);
  return isUtf8(value) ? parseJson(Buffer.from(value).toString("utf8"), defaultJsonLimits) : undefined;
}

function checked(mediaType: string, json: CheckedJson | undefined): TakenBody {
  if (json === undefined) return malformed("The content is not valid UTF-8.");
  if (json.kind === "sound") return { kind: "body", mediaType, value: json.value };
  const { code, pointer, detail } = json;
  return { kind: "malformed", error: { code, pointer, detail } };
}

function malformed(detail: string): TakenBody {
  return { kind: "malformed", error: { code: "malformed-json", pointer: "", detail } };
}

function wrongType({ method, base, path }: RequestFacts, accepted: readonly string[]): ResponsePlan {
  const types = { [method === "PATCH" ? "accept-patch" : "accept"]: accepted.join(", ") };
  const detail = `The content must be ${accepted.join(" or ")}, in UTF-8.`;
  return problemReply(base + path, "unsupported-media-type", detail, { headers: types });
}

function wrongCoding({ base, path }: RequestFacts): ResponsePlan {
  const headers = { "accept-encoding": "identity" };
  return problemReply(base + path, "unsupported-media-type", "The content must not be encoded.", { headers });
}

function tooLarge({ base, path }: RequestFacts): ResponsePlan {
  return problemReply(base + path, "payload-too-large", `The content may have at most ${bodyBytesMax} bytes.`);
}
