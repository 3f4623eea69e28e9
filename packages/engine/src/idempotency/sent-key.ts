import { type ProblemEntry, parseIdempotencyKey } from "@unclash/core";
import type { Actor } from "../access/actor.js";
import { sentences } from "../http/sentences.js";

/** The fewest characters of an anonymous caller's key: others behind the same address must not meet it by chance. */
export const anonymousKeyLengthMin = 16;

/** The key that a request came with, or an entry of the problem that it is answered with. */
export type SentKey =
  | { readonly kind: "key"; readonly key: string }
  | { readonly kind: "malformed"; readonly error: ProblemEntry };

/** Reads `Idempotency-Key`; nothing where it was not sent. */
export function readSentKey(field: string | undefined, actor: Actor | undefined): SentKey | undefined {
  if (field === undefined) return undefined;
  const parsed = parseIdempotencyKey(field);
  if (parsed.kind === "malformed") return malformed(parsed.detail);
  if (actor === undefined && parsed.key.length < anonymousKeyLengthMin) {
    return malformed(sentences.keyTooShort(anonymousKeyLengthMin));
  }
  return parsed;
}

function malformed(detail: string): SentKey {
  return { kind: "malformed", error: { code: "malformed-idempotency-key", header: "Idempotency-Key", detail } };
}
