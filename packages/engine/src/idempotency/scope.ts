import type { Key } from "@unclash/core";
import { hashParts } from "./hash-parts.js";

/** The scope in which an Idempotency-Key is unique. The same key in another scope is another, and learns nothing of this one. */
export interface KeyScope {
  /** Who keeps it: a guard in front of a collection must not meet its own claim there. */
  readonly keeper: "collection" | "guard";
  /** The digest of who sent it, within its tenant. */
  readonly caller: string;
  readonly method: string;
  /** As it was sent, mount and all, without the query. */
  readonly path: string;
  /** As the client chose it. */
  readonly key: string;
}

/** What all keys of records of idempotency begin with. */
export const recordPrefix = "idempotency/";

/** A key and its scope as one name: 43 characters of base64url, which tell nothing of either. */
export function scopedKey({ keeper, caller, method, path, key }: KeyScope): string {
  return hashParts([keeper, caller, method, path, key]);
}

/** The key of the record that holds what became of a request. */
export function recordKey(scoped: string): Key {
  return recordPrefix + scoped;
}
