// The drivers of Node 20 and 22 cut a text off at NUL, the one as it is bound, the other as it is read. So NUL becomes
// U+0001 U+0001, and U+0001 becomes U+0001 U+0002, which keeps the order of the bytes. JSON texts need none of this: JSON
// holds no control characters (RFC 8259 §7); neither do keys.

/** A text that the engine may have taken from a client, as it is stored. */
export function escapeNul(text: string): string {
  if (!text.includes("\u0000") && !text.includes("\u0001")) return text;
  return text.replaceAll("\u0001", "\u0001\u0002").replaceAll("\u0000", "\u0001\u0001");
}

/** What {@link escapeNul} was given. */
export function unescapeNul(stored: string): string {
  if (!stored.includes("\u0001")) return stored;
  return stored.replaceAll("\u0001\u0001", "\u0000").replaceAll("\u0001\u0002", "\u0001");
}
