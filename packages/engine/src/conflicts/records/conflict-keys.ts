import type { IndexValue, Key, Range } from "@unclash/core/store";
import { uuidv7 } from "uuidv7";
import { indexValueOf } from "../../commits/index-value.js";
import { internalRecords } from "../../commits/internal-records.js";
import type { ConflictRecord } from "./record.js";

/** The id of a new conflict; a later one is the greater text. */
export function newConflictId(): string {
  return `c_${uuidv7()}`;
}

/** Whether a text can be the id of a conflict: no other may become part of a key. */
export function isConflictId(text: string): boolean {
  return /^c_[0-9a-f-]{36}$/.test(text);
}

export function conflictKey(id: string): Key {
  return internalRecords.conflicts.prefix + id;
}

export function conflictIdOf(key: Key): string {
  return key.slice(internalRecords.conflicts.prefix.length);
}

/** So many conflicts of a resource are open at most. */
export const openMax = 100;

/** Below it stands one record for each open conflict of a resource. */
export function slotPrefix(resource: Key): Key {
  return `${internalRecords.openConflicts.prefix}${indexValueOf(resource)}/`;
}

/** @param place from 0 to `openMax`, exclusive */
export function slotKey(resource: Key, place: number): Key {
  return slotPrefix(resource) + String(place).padStart(2, "0");
}

/** Which conflicts a list shows. */
export interface ConflictFilter {
  readonly resource: Key | undefined;
  readonly state: ConflictRecord["state"] | undefined;
}

const indexOfResource = "_conflict.resource";
const indexOfState = "_conflict.state";
const indexOfBoth = "_conflict.resource-state";

/** Where a record is found by its resource, by its state, and by both. */
export function conflictIndex({ resource, state }: Pick<ConflictRecord, "resource" | "state">): readonly IndexValue[] {
  return [
    { name: indexOfResource, value: indexValueOf(resource) },
    { name: indexOfState, value: state },
    { name: indexOfBoth, value: indexValueOf(`${state} ${resource}`) },
  ];
}

/** A range by key, or by an index. */
type ConflictRange =
  Exclude<Range, { readonly lapsedBefore: number }> extends infer Each
    ? Each extends unknown
      ? Omit<Each, "limit">
      : never
    : never;

/** The range of the records that a filter lets pass, the newest first: their keys end in ids that grow with time. */
export function rangeOf({ resource, state }: ConflictFilter): ConflictRange {
  if (resource === undefined && state === undefined)
    return { prefix: internalRecords.conflicts.prefix, descending: true };
  const both = `${state} ${resource}`;
  const [index, text] =
    resource === undefined
      ? [indexOfState, state ?? ""]
      : state === undefined
        ? [indexOfResource, resource]
        : [indexOfBoth, both];
  const value = indexValueOf(text);
  return { index, from: value, to: value, descending: true };
}
