import type { Key, StoredRecord } from "@unclash/core/store";
import { internalRecords } from "../commits/internal-records.js";

/**
 * Where earlier releases keep what `internalRecords.idempotency` is now. Their records are found there until they have
 * lapsed, also those that come while such a process runs beside this one during a deploy.
 */
export const formerPrefix = "idempotency/";

/** Where the record of a request is. */
export interface RecordKeys {
  readonly key: Key;
  /** Where an earlier release puts it. */
  readonly former: Key;
}

/** @param scoped the request's key with its scope, hashed */
export function recordKeys(scoped: string): RecordKeys {
  return { key: internalRecords.idempotency.prefix + scoped, former: formerPrefix + scoped };
}

/** The record of a request, as it was found in one snapshot. */
export interface FoundRecord {
  /** Where it is, or is to be put. */
  readonly key: Key;
  readonly found: StoredRecord | undefined;
}

/** Finds the record of a request: where it is now, or where an earlier release has put it, and then it stays there. */
export function findRecord(
  { key, former }: RecordKeys,
  atKey: StoredRecord | undefined,
  atFormer: StoredRecord | undefined,
): FoundRecord {
  const isFormer = isLiving(atFormer) ? !isLiving(atKey) : isThere(atFormer) && !isThere(atKey);
  return isFormer ? { key: former, found: atFormer } : { key, found: atKey };
}

function isThere(record: StoredRecord | undefined): boolean {
  return record !== undefined && record.deleted !== true;
}

function isLiving(record: StoredRecord | undefined): boolean {
  return isThere(record) && record?.lapsed !== true;
}
