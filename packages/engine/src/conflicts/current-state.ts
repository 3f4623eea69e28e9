import { formatEntityTag, type StoredRecord } from "@unclash/core";
import type { Collection } from "../resources/collection.js";
import { entityTagOf, parseRepresentation, shownVersion } from "../states/representation.js";
import type { Strategy } from "./strategy.js";

/** The member `current` of a conflict: which state there is, who made it and when. */
export function currentMember(
  collection: Collection,
  record: StoredRecord,
  { withContent }: { readonly withContent: boolean },
): Readonly<Record<string, unknown>> {
  return {
    version: shownVersion(collection, record),
    etag: formatEntityTag(entityTagOf(collection, record)),
    modifiedAt: new Date(record.modifiedAt).toISOString(),
    ...(record.by !== null && { by: record.by }),
    ...(withContent && record.text !== null && { representation: parseRepresentation(record.text) }),
  };
}

/** Whether conflicts of a collection show the current state to those who may read it. */
export function showsCurrent({ discloseCurrent, strategy: own }: Collection, strategy: Strategy = own): boolean {
  return discloseCurrent || strategy === "first-write-wins";
}

/** The member `links` of a conflict: where the state can be read, and those before it, if any are kept. */
export function stateLinks({ retention }: Collection, path: string): Readonly<Record<string, string>> {
  return retention === "none" ? { resource: path } : { resource: path, versions: `${path}/versions` };
}
