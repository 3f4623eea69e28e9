import { isUtf8 } from "node:buffer";
import type { ProblemEntry } from "@unclash/core";
import { checkJson, type Json, type JsonLimits, parseJson } from "@unclash/core/json";
import { type Decoding, decode } from "./decode.js";
import { isUtf8Charset, parseMediaType } from "./media-type.js";
import { malformed, type Refused, refused, unavailable } from "./refusal.js";
import type { ContentRoom, RequestFacts } from "./request.js";
import type { RequestLimits } from "./request-limits.js";
import { sentences } from "./sentences.js";

/** The content of a request: JSON of one of the accepted types, or what is malformed about it, or why it is refused. */
export type ReadContent =
  | { readonly kind: "content"; readonly mediaType: string; readonly value: Json }
  | { readonly kind: "malformed"; readonly errors: readonly ProblemEntry[] }
  | Refused;

/** A request whose content is still to be read, and what it may hold. */
export interface ContentSource {
  readonly request: RequestFacts;
  readonly header: (name: string) => string | undefined;
  readonly room: ContentRoom;
  readonly settings: { readonly requestLimits: RequestLimits; readonly decodeBodies: readonly Decoding[] };
  /** The API version of the request: content may have its media type where it may be `application/json`. */
  readonly apiVersion?: { readonly mediaType: string } | undefined;
}

/** Reads, decodes, parses and checks content. 415 comes before 413, and both before anything that is malformed. */
export async function readContent(source: ContentSource, accepted: readonly string[]): Promise<ReadContent> {
  const { request, header, room, settings } = source;
  const essence = acceptedType(source, accepted);
  if (typeof essence !== "string") return essence;
  const { requestLimits, decodeBodies } = settings;
  const { body } = request;
  const jsonLimits = jsonLimitsOf(requestLimits);
  if (body.kind === "parsed") return checkParsed(essence, body.value, jsonLimits);
  const coding = codingOf(source);
  if (coding === "unknown") return wrongCoding(decodeBodies);
  if (Number(header("content-length") ?? 0) > requestLimits.bodyBytesMax) return tooLarge(requestLimits);
  const read = await body.read(requestLimits.bodyBytesMax, room);
  const decoded =
    read.kind === "bytes" && coding !== undefined ? await decode(coding, read.bytes, requestLimits.bodyBytesMax) : read;
  const isHeld = decoded.kind !== "bytes" || decoded === read || room.take(decoded.bytes.length);
  if (decoded.kind === "no-room" || !isHeld) return noRoom;
  if (decoded.kind === "too-large") return tooLarge(requestLimits);
  if (decoded.kind === "aborted") return malformedJson(sentences.endedEarly);
  if (decoded.kind === "malformed") return malformedJson(sentences.notDecodable(String(coding)));
  if (!isUtf8(decoded.bytes)) return malformedJson(sentences.notUtf8);
  return contentOf(essence, parseJson(decoded.bytes.toString("utf8"), jsonLimits));
}

const json = "application/json";

/** The media type of content, without parameters; 415 where it is none of those, 400 where there are two. */
export function acceptedType(
  { request, header, apiVersion }: Pick<ContentSource, "request" | "header" | "apiVersion">,
  accepted: readonly string[],
): string | Refused {
  if (Array.isArray(request.headers["content-type"])) return severalTypes;
  const { essence, charset } = parseMediaType(header("content-type") ?? "");
  const own = apiVersion !== undefined && accepted.includes(json) ? [apiVersion.mediaType] : [];
  if (!isUtf8Charset(charset)) return wrongType(request.method, [...accepted, ...own]);
  if (own.includes(essence)) return json;
  return accepted.includes(essence) ? essence : wrongType(request.method, [...accepted, ...own]);
}

/**
 * Content that the app has read: parsed JSON, or its text or bytes. It is checked as far as it still shows what was
 * sent.
 */
export function checkParsed(mediaType: string, value: unknown, limits: JsonLimits): Exclude<ReadContent, Refused> {
  if (typeof value === "string") return contentOf(mediaType, parseJson(value, limits));
  if (!(value instanceof Uint8Array)) return contentOf(mediaType, checkJson(value, limits));
  if (!isUtf8(value)) return malformedJson(sentences.notUtf8);
  return contentOf(mediaType, parseJson(Buffer.from(value).toString("utf8"), limits));
}

function contentOf(mediaType: string, checked: ReturnType<typeof checkJson>): Exclude<ReadContent, Refused> {
  if (checked.kind === "sound") return { kind: "content", mediaType, value: checked.value };
  const { code, pointer, detail } = checked;
  return { kind: "malformed", errors: [{ code, pointer, detail }] };
}

function malformedJson(detail: string): Exclude<ReadContent, Refused> {
  return { kind: "malformed", errors: [{ code: "malformed-json", pointer: "", detail }] };
}

/** The limits on a JSON value, as core takes them. */
export function jsonLimitsOf(limits: RequestLimits): JsonLimits {
  return {
    depthMax: limits.jsonDepthMax,
    keysMax: limits.jsonKeysMax,
    keyLengthMax: limits.jsonKeyLengthMax,
    valuesMax: limits.jsonValuesMax,
  };
}

function codingOf({ header, settings }: ContentSource): Decoding | undefined | "unknown" {
  const coding = header("content-encoding")?.trim().toLowerCase();
  if (coding === undefined || coding === "" || coding === "identity") return undefined;
  return settings.decodeBodies.find((known) => known === coding) ?? "unknown";
}

/** Whoever checked the content before, such as a proxy, may have gone by the other line. */
const severalTypes: Refused = malformed([
  { code: "repeated-header", header: "Content-Type", detail: sentences.sentTwice("Content-Type") },
]);

/** 415, with the media types that are accepted. */
export function wrongType(method: string, accepted: readonly string[]): Refused {
  const header = method === "PATCH" ? "accept-patch" : "accept";
  const detail = sentences.mediaType(accepted.join(" or "));
  return refused("unsupported-media-type", detail, { headers: { [header]: accepted.join(", ") } });
}

function wrongCoding(known: readonly Decoding[]): Refused {
  const detail = sentences.coding(known.join(", "));
  const accepted = known.length === 0 ? "identity" : known.join(", ");
  return refused("unsupported-media-type", detail, { headers: { "accept-encoding": accepted } });
}

function tooLarge({ bodyBytesMax }: RequestLimits): Refused {
  return refused("payload-too-large", sentences.contentTooLarge(bodyBytesMax));
}

/** The content of the requests that are being worked on is as much as the process may hold. */
const noRoom = unavailable("not-applied", sentences.noRoom);
