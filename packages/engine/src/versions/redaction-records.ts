import { StoreError } from "@unclash/core";
import { type Key, readKeysMax, type StoredRecord, type Text, type Version } from "@unclash/core/store";
import type { Reader } from "../access/resource-exchange.js";
import { internalRecords } from "../commits/internal-records.js";

/** What was taken out of a past state, by whom and when. */
export interface Redaction {
  /** RFC 3339. */
  readonly at: string;
  /** The name that the app gave; absent for an anonymous caller. */
  readonly by?: string;
  /** JSON Pointers to the members that are gone. */
  readonly paths: readonly string[];
}

const format = 1;

/** Padded, so that the records of a resource stand in the order of its versions. */
const versionDigits = 16;

function prefixOf(key: Key): string {
  return `${internalRecords.redactions.prefix}${key}/`;
}

/** The key of the record of what was taken out of a version. */
export function redactionKey(key: Key, version: Version): Key {
  return prefixOf(key) + String(version).padStart(versionDigits, "0");
}

/** The text of such a record: a redaction more than it had. */
export function redactionText(before: StoredRecord | undefined, redaction: Redaction): Text {
  return JSON.stringify({ format, redactions: [...redactionsIn(before), redaction] });
}

/**
 * Reads such a record.
 *
 * @throws StoreError for a text that this release has not written
 */
function redactionsIn(record: StoredRecord | undefined): readonly Redaction[] {
  if (record === undefined) return [];
  const value: unknown = JSON.parse(record.text ?? "null");
  const redactions: unknown = Reflect.get(Object(value), "redactions");
  if (Reflect.get(Object(value), "format") === format && isRedactions(redactions)) return redactions;
  throw new StoreError("The record of a redaction is none that this release has written.", "not-applied");
}

function isRedactions(value: unknown): value is readonly Redaction[] {
  return Array.isArray(value) && value.every((each) => typeof each === "object" && each !== null && "paths" in each);
}

/** So many are looked for among all of a resource: few resources have any, and then one look is enough. */
const pageMax = 100;

/** The redactions of some versions of a resource, by version. */
export async function findRedactions(
  reader: Reader,
  key: Key,
  versions: readonly Version[],
): Promise<ReadonlyMap<Version, readonly Redaction[]>> {
  const page = await reader.list({ prefix: prefixOf(key), limit: pageMax });
  const records = page.next === undefined ? page.records : await readAll(reader, key, versions);
  return new Map(records.map((record) => [Number(record.key.slice(-versionDigits)), redactionsIn(record)]));
}

async function readAll(reader: Reader, key: Key, versions: readonly Version[]): Promise<readonly StoredRecord[]> {
  const found: StoredRecord[] = [];
  for (let from = 0; from < versions.length; from += readKeysMax) {
    const keys = versions.slice(from, from + readKeysMax).map((version) => redactionKey(key, version));
    const { records } = await reader.read(keys);
    for (const record of records) if (record !== undefined) found.push(record);
  }
  return found;
}
