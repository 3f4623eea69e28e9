import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { checkJson, defaultJsonLimits, isJsonObject, type Json, type JsonObject, parseJson } from "@unclash/core/json";
import { malformed, type Refusal, unsound } from "./refusal.js";

/** How large a note may be, as JSON. */
const bytesMax = 1_048_576;

const tooLarge: Refusal = { slug: "payload-too-large", detail: `A note may hold ${bytesMax} bytes at most.` };

/** What a write sends: the fields, and the version that stands beside them as a precondition. */
export interface Content {
  readonly fields?: Json;
  readonly version?: number;
}

/** Reads a body with limits, and parses it with limits: 415 comes before 413, and both before what is malformed. */
export async function readContent(request: IncomingMessage, id: string): Promise<Content | Refusal> {
  const type = request.method === "PATCH" ? "application/merge-patch+json" : "application/json";
  const { "content-type": field = "", "content-encoding": coding = "identity" } = request.headers;
  const [essence, ...parameters] = field
    .toLowerCase()
    .split(";", 16)
    .map((part) => part.trim());
  const foreign = parameters.some((part) => part.startsWith("charset=") && !/^charset="?utf-?8"?$/.test(part));
  if (essence !== type || foreign || coding.toLowerCase() !== "identity") {
    const accept = request.method === "PATCH" ? "accept-patch" : "accept";
    const headers = { [accept]: type, "accept-encoding": "identity" };
    return { slug: "unsupported-media-type", detail: `The content must be ${type}, in UTF-8, not encoded.`, headers };
  }
  if (Number(request.headers["content-length"] ?? 0) > bytesMax) return tooLarge;
  const bytes = await readBytes(request);
  if (bytes === "too-large") return tooLarge;
  if (bytes === "cut-off") return malformed([{ code: "malformed-json", detail: "The content ended early." }]);
  if (!isUtf8(bytes))
    return malformed([{ code: "malformed-json", pointer: "", detail: "The content is not valid UTF-8." }]);
  const parsed = parseJson(bytes.toString(), defaultJsonLimits);
  return parsed.kind === "sound" ? contentOf(parsed.value, id) : unsound(parsed);
}

/** The bytes of a body. Of one that is too large, Node drops the rest, so that its sender gets to read the answer. */
async function readBytes(request: IncomingMessage): Promise<Buffer | "too-large" | "cut-off"> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      length += chunk.length;
      if (length > bytesMax) return "too-large";
      chunks.push(chunk);
    }
  } catch {
    return "cut-off";
  }
  return Buffer.concat(chunks, length);
}

/** Takes apart what is a field of the note and what is not: its id has to be the one in the path, if it is there. */
function contentOf(value: Json, id: string): Content | Refusal {
  if (!isJsonObject(value)) return { fields: value };
  const { id: givenId = id, version, ...fields } = value;
  if (givenId !== id) {
    const detail = "The id in the content is not the one in the path.";
    return malformed([{ code: "contradictory-id", pointer: "/id", detail }]);
  }
  if (version === undefined) return { fields };
  if (typeof version === "number" && Number.isSafeInteger(version) && version >= 0) return { fields, version };
  return malformed([{ code: "malformed-version", pointer: "/version", detail: "A version must be a whole number." }]);
}

/** Whether a value can be a note. Patch by patch one could come to hold more than may be sent. */
export function checkNote(value: Json): { readonly fields: JsonObject } | Refusal {
  const checked = checkJson(value, defaultJsonLimits);
  if (checked.kind === "unsound") return unsound(checked);
  if (Buffer.byteLength(JSON.stringify(value)) > bytesMax) return tooLarge;
  if (isJsonObject(value)) return { fields: value };
  const detail = "A note is a JSON object.";
  return { slug: "validation-failed", detail, members: { errors: [{ pointer: "", detail }] } };
}
