import type { Decoding } from "../http/decode.js";
import { decode } from "../http/decode.js";
import type { KeptAnswer } from "./record.js";
import { withLength } from "./replay.js";

/**
 * A kept answer is small; what a compression of the app's own makes of more than this is given again without content.
 */
const decodedBytesMax = 16_777_216;

const decodings: ReadonlyMap<string, Decoding> = new Map([
  ...(["gzip", "deflate", "br"] as const).map((coding) => [coding, coding] as const),
  ["x-gzip", "gzip"],
]);

/**
 * A kept answer in a content coding that its repeat accepts (RFC 9110 §12.5.3): as it is, or decoded. What can't be
 * decoded has no content. Its entity-tag is that of the state, which no coding changes.
 *
 * @param acceptEncoding `Accept-Encoding` of the repeat; one that sends none is given content without a coding
 */
export async function inAcceptedCoding(answer: KeptAnswer, acceptEncoding: string | undefined): Promise<KeptAnswer> {
  const { headers, body } = answer;
  const { "content-encoding": coding, ...others } = headers;
  if (coding === undefined || body === null) return answer;
  const name = String(coding).trim().toLowerCase();
  if (name === "identity" || accepts(acceptEncoding, name)) return answer;
  const decoding = decodings.get(name);
  const bytes = typeof body === "string" ? Buffer.from(body) : Buffer.from(body);
  const decoded = decoding === undefined ? undefined : await decode(decoding, bytes, decodedBytesMax);
  if (decoded?.kind !== "bytes") return { ...answer, body: null, withoutBody: true };
  return { ...answer, headers: withLength(others, decoded.bytes), body: decoded.bytes };
}

/** Whether a field names a coding, or any, with a weight above 0; the name counts before the `*`. */
function accepts(field: string | undefined, coding: string): boolean {
  const weights = new Map<string, boolean>();
  for (const item of (field ?? "").toLowerCase().split(",", 64)) {
    const [name = "", ...parameters] = item.split(";", 8).map((part) => part.trim());
    weights.set(name, !parameters.some((parameter) => /^q *= *0(?:\.0*)?$/.test(parameter)));
  }
  const alias = coding === "gzip" ? "x-gzip" : coding === "x-gzip" ? "gzip" : coding;
  return weights.get(coding) ?? weights.get(alias) ?? weights.get("*") ?? false;
}
