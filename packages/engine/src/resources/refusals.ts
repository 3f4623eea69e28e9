import type { Key, StoredRecord } from "@unclash/core/store";
import { notFound, type Refused, refused } from "../http/refusal.js";
import { sentences } from "../http/sentences.js";
import { fieldsIn, type State, shownVersion } from "../states/representation.js";
import { pointerForCaller, shownToCaller } from "./callers-names.js";
import type { Addressed, CollectionExchange } from "./collection-exchange.js";
import { fieldOfIndex } from "./unique.js";
import type { WriteRequest } from "./write-request.js";

/**
 * 410 where a tombstone says that the resource was there, to those who may read it; 404 otherwise. Its fields are past
 * ones: without them, an `allow` that depends on them would tell everyone of what was hidden.
 */
export async function goneOrMissing(
  exchange: CollectionExchange,
  { collection, id, key }: Pick<Addressed, "collection" | "id" | "key">,
  found: StoredRecord | undefined,
): Promise<Refused> {
  if (found?.deleted !== true || !(await exchange.mayRead(key, "never"))) return notFound(key);
  const version = shownVersion(collection, found);
  const links = { versions: `${exchange.pathOf(collection.name, id)}/versions` };
  const members = collection.retention === "none" ? { version } : { version, links };
  return refused("gone", sentences.gone(key, version), { members });
}

/** 409: the id that a creation asks for is taken. Of one that is hidden nothing else is told. */
export async function duplicateId(
  exchange: CollectionExchange,
  { collection, key, hidden }: WriteRequest,
  stored: StoredRecord | undefined,
): Promise<Refused> {
  const isShown = !hidden && (await exchange.mayRead(key, fieldsIn(collection, stored)));
  const members = { resource: key, field: "/id", ...(isShown && { holder: key }) };
  return refused("duplicate", sentences.idTaken, { members });
}

/**
 * 409: a unique field's value is taken by another resource.
 *
 * @param state the one that would have been written
 */
export async function duplicateValue(
  exchange: CollectionExchange,
  { collection, idGiven, key }: WriteRequest,
  { index, holder }: { readonly index: string; readonly holder: Key },
  state: State,
): Promise<Refused> {
  const shown = shownToCaller(collection, fieldsIn(collection, state)());
  const field = pointerForCaller(collection, `/${fieldOfIndex(collection, index)}`, shown);
  const resource = idGiven ? key : collection.name;
  const isShown = await exchange.mayRead(holder, "never");
  const members = { resource, field, ...(isShown && { holder }) };
  const detail = field === "" ? sentences.unseenValueTaken : sentences.valueTaken(field.slice(1));
  return refused("duplicate", detail, { members });
}
