import { createHash } from "node:crypto";
import { indexValueBytesMax } from "@unclash/core/store";

// Begins what is hashed, and nothing else.
const hashedMark = "sha-256:";

/**
 * The value under which a text stands in an index: itself, or its SHA-256 where an index can't hold it: over 512 bytes
 * of UTF-8, or with U+0000. All who put index values of any length, or look for them, use it.
 *
 * Two texts have one value only where they are the same: a text that looks like a hash is hashed too. It is for looking
 * up one exact text; among hashed ones there is no order.
 *
 * @param text well-formed Unicode: two texts that differ in half a surrogate pair alone may come to one hash
 * @example const email = { name: "users.email", value: indexValueOf(address), unique: true };
 */
export function indexValueOf(text: string): string {
  const isKept =
    Buffer.byteLength(text) <= indexValueBytesMax && !text.includes("\u0000") && !text.startsWith(hashedMark);
  return isKept ? text : `${hashedMark}${createHash("sha256").update(text).digest("base64url")}`;
}
