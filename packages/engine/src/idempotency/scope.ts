import type { Key } from "@unclash/core";
import type { Actor } from "../actor.js";
import { hashParts } from "./hash-parts.js";

/** Within what a key of a client's is one key. The same key in another scope is another, and learns nothing of this one. */
export interface KeyScope {
  /** Who keeps it: a guard in front of a collection must not meet its own claim there. */
  readonly keeper: "collection" | "guard";
  readonly actor: Actor | undefined;
  /** Of the socket's other end; it tells anonymous callers apart. */
  readonly address: string | undefined;
  readonly method: string;
  /** As it was sent, mount and all, without the query. */
  readonly path: string;
  /** As the client chose it. */
  readonly key: string;
}

/** What all keys of records of idempotency begin with. */
export const recordPrefix = "idempotency/";

/** A key and its scope as one name: 43 characters of base64url, which tell nothing of either. */
export function scopedKey({ keeper, actor, address, method, path, key }: KeyScope): string {
  const caller = actor === undefined ? ["address", plainAddress(address)] : ["actor", actor.name];
  return hashParts([keeper, ...caller, method, path, key]);
}

/** The key of the record that holds what became of a request. */
export function recordKey(scoped: string): Key {
  return recordPrefix + scoped;
}

/** A socket that takes IPv6 and IPv4 gives the latter as `::ffff:192.0.2.1`: another process may not. */
function plainAddress(address: string | undefined): string | undefined {
  return address?.startsWith("::ffff:") && address.includes(".") ? address.slice("::ffff:".length) : address;
}
