import type { Key } from "./store/record.js";

/** The longest id, in bytes of UTF-8. */
export const idBytesMax = 256;

/** The code of the first thing that is wrong with an id, in words for the client, or nothing. */
export type IdFault = { readonly code: "malformed-id"; readonly detail: string };

/**
 * Says what is wrong with a resource's id. An id holds 1 to 256 bytes of UTF-8 without control characters or `/`.
 * `.` and `..` are refused too: no URL can name them (WHATWG URL §4.4 removes such segments, encoded ones as well); and
 * so is `*`, which stands for all of a collection's resources where a key is asked for.
 */
export function idFault(id: string, bytesMax: number = idBytesMax): IdFault | undefined {
  if (id === "" || id === "." || id === ".." || id === "*") return fault("An id must not be empty, `.`, `..` or `*`.");
  if (!id.isWellFormed()) return fault("An id is well-formed Unicode.");
  let bytes = 0;
  for (let at = 0; at < id.length; at++) {
    const unit = id.charCodeAt(at);
    if (unit < 0x20 || (unit >= 0x7f && unit < 0xa0)) return fault("An id holds no control characters.");
    if (unit === 0x2f) return fault("An id holds no `/`.");
    bytes += unit < 0x80 ? 1 : unit < 0x800 || isSurrogate(unit) ? 2 : 3;
    if (bytes > bytesMax) return fault(`An id is at most ${bytesMax} bytes of UTF-8 long.`);
  }
  return undefined;
}

/** The key of a resource: `articles/1`. */
export function resourceKey(collection: string, id: string): Key {
  return `${collection}/${id}`;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xe000;
}

function fault(detail: string): IdFault {
  return { code: "malformed-id", detail };
}
