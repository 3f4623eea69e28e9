/* What a server answers has no type. These say what is there, or throw where a reply is none of ours. */

/** The items of a reply, which is an array. */
export function items(reply: unknown): readonly unknown[] {
  if (Array.isArray(reply)) return reply;
  throw unexpected(reply);
}

/** A reply that is a whole number. */
export function number(reply: unknown): number {
  if (typeof reply === "number") return reply;
  throw unexpected(reply);
}

/** A reply that is a text. */
export function text(reply: unknown): string {
  if (typeof reply === "string") return reply;
  throw unexpected(reply);
}

/** A reply that is a text or nothing. */
export function textOrNull(reply: unknown): string | null {
  return reply === null ? null : text(reply);
}

function unexpected(reply: unknown): Error {
  return new Error(`a reply of the server is not as expected: a ${reply === null ? "null" : typeof reply}`);
}
