import { createHash } from "node:crypto";

/**
 * The SHA-256 of some parts in base64url: 43 characters, fit for a key. Each part goes in behind its kind and its length,
 * so that no two lists of parts are one text: `a:b` and `c` are not `a` and `b:c`, and nothing is not an empty text. Texts go
 * in by their UTF-16 code units, since UTF-8 makes all halves of surrogate pairs the same.
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
