import type { StoredRecord } from "@unclash/core/store";
import { noState } from "../access/asked-resource.js";
import type { Permission } from "../access/resource-exchange.js";
import { dependsOnState } from "../conflicts/change.js";
import { fieldsIn } from "../states/representation.js";
import type { CollectionExchange } from "./collection-exchange.js";
import type { WriteRequest } from "./write-request.js";

/**
 * What else a write needs to be allowed, as its content shows. Who may create something may not create this, for that:
 * a POST names it in its content, if at all. And the outcome of a patch that depends on the state would tell of it to
 * who may not read it.
 */
export function askForContent(exchange: CollectionExchange, request: WriteRequest): Promise<Permission> {
  const { method, idGiven, change, key } = request;
  if (method === "POST") return exchange.askPermission(idGiven ? ["create"] : [], key, noState);
  return exchange.askPermission(dependsOnState(change) ? ["read"] : [], key, "later", { why: dependingPatch });
}

/** Asks for a change of what is there once more, with its state, where the app has looked for that. */
export async function askAgain(
  exchange: CollectionExchange,
  { method, conditions, hidden, change, key, collection }: WriteRequest,
  stored: StoredRecord | undefined,
): Promise<Permission> {
  const isRollback = change.kind === "rollback";
  const creates = method === "POST" || (method === "PUT" && !isRollback && conditions.ifNoneMatch?.kind === "any");
  if (creates || hidden || stored === undefined || stored.deleted) return { kind: "allowed" };
  const state = fieldsIn(collection, stored);
  if (isRollback) return exchange.askAgain(["rollback"], key, state);
  const permission = await exchange.askAgain([method === "DELETE" ? "delete" : "change"], key, state);
  if (permission.kind !== "allowed" || !dependsOnState(change)) return permission;
  return exchange.askAgain(["read"], key, state, { why: dependingPatch });
}

const dependingPatch =
  "Such a JSON Patch depends on what is there: without that, only add members of the resource, or send a merge patch.";

/** Who may create here need not be allowed to know what is there already. */
export async function isHiddenFromCreator(
  exchange: CollectionExchange,
  { method, conditions, hidden, key, collection }: WriteRequest,
  stored: StoredRecord | undefined,
): Promise<boolean> {
  if (hidden || method !== "PUT" || conditions.ifNoneMatch?.kind !== "any") return false;
  if (stored === undefined || stored.deleted) return false;
  return (await exchange.ask("read", key, fieldsIn(collection, stored))) === "hide";
}

/**
 * Whether something may be made here. A POST, and a PUT that may only create, have asked for that already; who may roll
 * back may bring back what was deleted.
 */
export async function askCreation(
  exchange: CollectionExchange,
  { method, change, conditions, hidden, key }: WriteRequest,
): Promise<Permission> {
  if (method === "PUT" && change.kind !== "rollback" && conditions.ifNoneMatch?.kind !== "any")
    return exchange.askPermission(["create"], key, noState);
  return { kind: hidden ? "hidden" : "allowed" };
}
