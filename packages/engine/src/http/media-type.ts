import { parse } from "content-type";

/** The essence of a media type, in lower case, and its charset where one is named (RFC 9110 §8.3.1). */
export interface MediaType {
  readonly essence: string;
  readonly charset: string | undefined;
}

const json: MediaType = { essence: "application/json", charset: undefined };

/**
 * Reads a `Content-Type`; parameters other than `charset` do not matter here, and of several of one name the first
 * counts.
 */
export function parseMediaType(field: string): MediaType {
  if (field === "application/json") return json;
  const { type, parameters } = parse(field);
  return { essence: type.toLowerCase(), charset: parameters["charset"]?.toLowerCase() };
}

/** JSON is UTF-8 (RFC 8259 §8.1): no other charset is understood. */
export function isUtf8Charset(charset: string | undefined): boolean {
  return charset === undefined || charset === "utf-8" || charset === "utf8";
}
