import type { Text } from "@unclash/core/store";

const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;

/**
 * Whether two JSON texts that differ may be one value, with the members of its objects in another order. Both as
 * `JSON.stringify` writes them: then such texts are equally long, and differ first inside a member's name. A first
 * difference anywhere else is one of two values at the same place, or of their number. So nearly all changes are told
 * from a new order without parsing either.
 */
export function mayBeReordered(a: Text, b: Text): boolean {
  if (a.length !== b.length) return false;
  let at = 0;
  let inString = false;
  while (at < a.length && a.charCodeAt(at) === b.charCodeAt(at)) {
    const unit = a.charCodeAt(at);
    if (unit === backslash && a.charCodeAt(at + 1) !== b.charCodeAt(at + 1)) break;
    if (unit === quote) inString = !inString;
    at += unit === backslash ? 2 : 1;
  }
  return inString && a.charCodeAt(endOfString(a, at) + 1) === colon;
}

/** The quote that ends the string in which `from` is. */
function endOfString(text: Text, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) !== quote) at += text.charCodeAt(at) === backslash ? 2 : 1;
  return at;
}
