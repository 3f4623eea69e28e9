import { isUtf8 } from "node:buffer";
import { checkJson, type Json, type JsonLimits, type ProblemEntry, parseJson, type ResponsePlan } from "@unclash/core";
import type { Exchange } from "../access/exchange.js";
import type { Decoding } from "../options.js";
import { decode } from "./decode.js";
import { isUtf8Charset, parseMediaType } from "./media-type.js";
import type { Limits } from "./request-limits.js";
import { problemPlan, unavailablePlan } from "./responses.js";

/** The content of a request: JSON of one of the accepted types, or what is malformed about it, or the answer to it. */
export type TakenBody =
  | { readonly kind: "body"; readonly mediaType: string; readonly value: Json }
  | { readonly kind: "malformed"; readonly errors: readonly ProblemEntry[] }
  | { readonly kind: "refused"; readonly plan: ResponsePlan };

/** Reads, decodes, parses and checks a body. 415 comes before 413, and both before anything that is malformed. */
export async function takeBody(exchange: Exchange, accepted: readonly string[]): Promise<TakenBody> {
  const { essence, charset } = parseMediaType(exchange.header("content-type") ?? "");
  if (!accepted.includes(essence) || !isUtf8Charset(charset))
    return { kind: "refused", plan: wrongType(exchange, accepted) };
  const { limits } = exchange.settings;
  const { body } = exchange.request;
  const jsonLimits = jsonLimitsOf(limits);
  if (body.kind === "parsed") {
    if (body.value instanceof Uint8Array && !isUtf8(body.value)) return malformed("The content is no UTF-8.");
    return bodyOf(essence, parsedElsewhere(body.value, jsonLimits));
  }
  const coding = codingOf(exchange);
  if (coding === "unknown") return { kind: "refused", plan: wrongCoding(exchange) };
  if (Number(exchange.header("content-length") ?? 0) > limits.bodyBytesMax)
    return { kind: "refused", plan: tooLarge(exchange) };
  const read = await body.read(limits.bodyBytesMax, exchange.hold);
  const decoded =
    read.kind === "bytes" && coding !== undefined ? await decode(coding, read.bytes, limits.bodyBytesMax) : read;
  const isHeld = decoded.kind !== "bytes" || decoded === read || exchange.hold(decoded.bytes.length);
  if (decoded.kind === "no-room" || !isHeld) return { kind: "refused", plan: noRoom(exchange) };
  if (decoded.kind === "too-large") return { kind: "refused", plan: tooLarge(exchange) };
  if (decoded.kind === "aborted") return malformed("The content ended early.");
  if (decoded.kind === "malformed") return malformed(`The content is no ${String(coding)}.`);
  if (!isUtf8(decoded.bytes)) return malformed("The content is no UTF-8.");
  return bodyOf(essence, parseJson(decoded.bytes.toString("utf8"), jsonLimits));
}

/** What stands before this in the app took the body: its value is checked as far as it still shows what was sent. */
function parsedElsewhere(value: unknown, limits: JsonLimits): ReturnType<typeof checkJson> {
  if (typeof value === "string") return parseJson(value, limits);
  if (value instanceof Uint8Array) return parseJson(Buffer.from(value).toString("utf8"), limits);
  return checkJson(value, limits);
}

function bodyOf(mediaType: string, checked: ReturnType<typeof checkJson>): TakenBody {
  if (checked.kind === "sound") return { kind: "body", mediaType, value: checked.value };
  const { code, pointer, detail } = checked;
  return { kind: "malformed", errors: [{ code, pointer, detail }] };
}

function malformed(detail: string): TakenBody {
  return { kind: "malformed", errors: [{ code: "malformed-json", pointer: "", detail }] };
}

/** The limits on a JSON value, as core takes them. */
export function jsonLimitsOf(limits: Limits): JsonLimits {
  return {
    depthMax: limits.jsonDepthMax,
    keysMax: limits.jsonKeysMax,
    keyLengthMax: limits.jsonKeyLengthMax,
    valuesMax: limits.jsonValuesMax,
  };
}

function codingOf(exchange: Exchange): Decoding | undefined | "unknown" {
  const coding = exchange.header("content-encoding")?.trim().toLowerCase();
  if (coding === undefined || coding === "" || coding === "identity") return undefined;
  return exchange.settings.decodeBodies.find((known) => known === coding) ?? "unknown";
}

function wrongType(exchange: Exchange, accepted: readonly string[]): ResponsePlan {
  const header = exchange.request.method === "PATCH" ? "accept-patch" : "accept";
  const detail = `The content must be ${accepted.join(" or ")}, in UTF-8.`;
  return problemPlan(exchange, "unsupported-media-type", detail, { headers: { [header]: accepted.join(", ") } });
}

function wrongCoding(exchange: Exchange): ResponsePlan {
  const known = exchange.settings.decodeBodies;
  const detail =
    known.length === 0 ? "The content must not be encoded." : `The content may be encoded with ${known.join(", ")}.`;
  return problemPlan(exchange, "unsupported-media-type", detail, {
    headers: { "accept-encoding": known.length === 0 ? "identity" : known.join(", ") },
  });
}

function tooLarge(exchange: Exchange): ResponsePlan {
  return problemPlan(
    exchange,
    "payload-too-large",
    `The content may hold ${exchange.settings.limits.bodyBytesMax} bytes at most.`,
  );
}

/** 503, for now: the content of the requests that are being worked on is as much as the process may hold. */
function noRoom(exchange: Exchange): ResponsePlan {
  return unavailablePlan(exchange, "not-applied", "Too many requests with content are being worked on at this moment.");
}
