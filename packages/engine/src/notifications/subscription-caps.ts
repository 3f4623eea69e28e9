import { createHash } from "node:crypto";
import { StoreError } from "@unclash/core";
import type { Key, StoredRecord, Text, Write } from "@unclash/core/store";
import { internalRecords } from "../commits/internal-records.js";
import { expectationOf } from "../resources/planned-write.js";

/** The record that counts the subscriptions with callbacks at the host of a URL, whatever its port. */
export function callbackHostKey(url: string): Key {
  const { hostname } = new URL(url);
  const name = hostname.endsWith(".") ? hostname.slice(0, -1) : hostname;
  return internalRecords.callbackHosts.prefix + createHash("sha256").update(name).digest("base64url");
}

const format = 1;

/**
 * The ids of a client's subscriptions, as they are recorded.
 *
 * @throws StoreError for a text that this release has not written
 */
export function readIds(found: StoredRecord | undefined): readonly string[] {
  if (found === undefined || found.deleted) return [];
  const ids = memberOf(found, "ids");
  if (Array.isArray(ids) && ids.every((id) => typeof id === "string")) return ids;
  throw new StoreError("The record of a subscriber is none that this release has written.", "not-applied");
}

/**
 * How many subscriptions have callbacks at a host, as it is recorded.
 *
 * @throws StoreError for a text that this release has not written
 */
export function readCount(found: StoredRecord | undefined): number {
  if (found === undefined || found.deleted) return 0;
  const count = memberOf(found, "count");
  if (typeof count === "number") return count;
  throw new StoreError("The record of a callback host is none that this release has written.", "not-applied");
}

function memberOf({ text }: StoredRecord, name: string): unknown {
  const value: unknown = JSON.parse(text ?? "null");
  const record = Object(value);
  return Reflect.get(record, "format") === format ? Reflect.get(record, name) : undefined;
}

/** Records which subscriptions a client has; nothing is left of one that has none. */
export function idsWrite(key: Key, found: StoredRecord | undefined, ids: readonly string[]): readonly Write[] {
  return replaced(key, found, ids.length === 0 ? undefined : JSON.stringify({ format, ids }));
}

/** Records how many subscriptions have callbacks at a host; nothing is left of one that has none. */
export function countWrite(key: Key, found: StoredRecord | undefined, count: number): readonly Write[] {
  return replaced(key, found, count <= 0 ? undefined : JSON.stringify({ format, count }));
}

/** Clashes where the record is no longer the one that was found: a cap holds for all processes. */
function replaced(key: Key, found: StoredRecord | undefined, put: Text | undefined): readonly Write[] {
  const expect = expectationOf(found);
  if (put !== undefined) return [{ key, expect, put, keep: "none" }];
  return expect === "absent" ? [] : [{ key, expect, delete: "forget" }];
}
