import { createHash } from "node:crypto";
import { parseMediaType } from "../http/media-type.js";
import { valueText } from "../states/value-text.js";

/** What a repeat must have in common with the first request besides the scope of its key. */
export interface RepeatedRequest {
  /** What stood after the `?`, or empty. */
  readonly query: string;
  /**
   * `Content-Type`, as it was sent. Of its parameters only `charset` counts: a multipart boundary changes with each
   * try.
   */
  readonly contentType: string | undefined;
  /** `If-Match`, as it was sent. */
  readonly ifMatch: string | undefined;
  /** `Transaction-Id`, as it was sent. */
  readonly transactionId: string | undefined;
  /** The strategy that the request asks for with `Prefer: on-conflict`, where it may. */
  readonly onConflict: string | undefined;
  /** Text or bytes as they came, or whatever a parser made of them; `undefined`: there is none. */
  readonly body: unknown;
  /** What the app says that counts besides, such as the digests of files. @default [] */
  readonly more?: readonly (string | Uint8Array)[];
}

/**
 * The fingerprint of a request: 43 characters of base64url. The same key with another one is answered 422. Text and
 * bytes are taken as they are, anything else by its value: the same JSON in other white space, or with its members in
 * another order, is the same body. All other headers are left out: a client may add a trace's id, or fresh credentials,
 * to a repeat. It never throws, whatever the body is.
 */
export function fingerprint(request: RepeatedRequest): string {
  const { query, contentType, ifMatch, transactionId, onConflict, body, more = [] } = request;
  const { essence, charset } = parseMediaType(contentType ?? "");
  return hashParts([query, essence, charset, ifMatch, transactionId, onConflict, ...bodyParts(body), ...more]);
}

function bodyParts(body: unknown): readonly (string | Uint8Array | undefined)[] {
  if (body === undefined) return ["none"];
  if (typeof body === "string") return ["text", body];
  return body instanceof Uint8Array ? ["bytes", body] : ["value", valueText(body)];
}

/**
 * The SHA-256 of some parts in base64url: 43 characters, fit for a key. Each part goes in behind its kind and its
 * length, so that no two lists of parts are one text: `a:b` and `c` are not `a` and `b:c`, and nothing is not an empty
 * text. Texts go in by their UTF-16 code units, since UTF-8 makes all halves of surrogate pairs the same.
 */
export function hashParts(parts: readonly (string | Uint8Array | undefined)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) {
    if (part === undefined) hash.update("-");
    else if (typeof part === "string") hash.update(`t${part.length}:`).update(part, "utf16le");
    else hash.update(`b${part.byteLength}:`).update(part);
  }
  return hash.digest("base64url");
}
