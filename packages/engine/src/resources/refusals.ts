import { type Key, type ResponsePlan, resourceKey, type StoredRecord } from "@unclash/core";
import { defaultChallenge } from "../access/actor.js";
import type { Action } from "../access/authorize.js";
import type { Exchange } from "../access/exchange.js";
import { problemPlan } from "../http/responses.js";
import { shownVersion } from "../states/representation.js";
import type { Collection } from "./collection.js";
import { fieldOfIndex } from "./unique.js";
import type { WriteIntent } from "./write-request.js";

/** Whether a request may go on. `hidden`: it does, and finds nothing there, whatever there is. */
export type Permission =
  | { readonly kind: "allowed" }
  | { readonly kind: "hidden" }
  | { readonly kind: "refused"; readonly plan: ResponsePlan };

const allowed: Permission = { kind: "allowed" };
const hidden: Permission = { kind: "hidden" };

/** Asks the app for an action; the refusal is 403, or 401 to an anonymous caller where credentials could help. */
export async function askPermission(exchange: Exchange, action: Action, key: Key): Promise<Permission> {
  const verdict = await exchange.permission(action, key);
  if (verdict === "allow") return allowed;
  return verdict === "hide" ? hidden : { kind: "refused", plan: notPermitted(exchange, action, key) };
}

function notPermitted(exchange: Exchange, action: Action, key: Key): ResponsePlan {
  const detail = `You may not ${action === "history" ? "read the history of" : action} ${key}.`;
  if (exchange.actor !== undefined || exchange.settings.identify === undefined) {
    return problemPlan(exchange, "forbidden", detail);
  }
  return problemPlan(exchange, "unauthenticated", detail, { headers: { "www-authenticate": defaultChallenge } });
}

export function notFound(exchange: Exchange, key: Key): ResponsePlan {
  return problemPlan(exchange, "not-found", `There is no ${key}.`);
}

/** 410 where a tombstone says that the resource was there, to those who may read it; 404 otherwise. */
export async function goneOrMissing(
  exchange: Exchange,
  { collection, id }: { readonly collection: Collection; readonly id: string },
  found: StoredRecord | undefined,
): Promise<ResponsePlan> {
  const key = resourceKey(collection.name, id);
  if (found?.deleted !== true || !(await exchange.mayRead(key))) return notFound(exchange, key);
  const version = shownVersion(collection, found);
  return problemPlan(exchange, "gone", `${key} was deleted in version ${version}.`, {
    members: { version, links: { versions: `${exchange.pathOf(collection.name, id)}/versions` } },
  });
}

export function preconditionRequired(exchange: Exchange, { collection, id, key }: WriteIntent): ResponsePlan {
  const field = collection.versionField === false ? "" : `, or its ${collection.versionField} in the content`;
  const detail = `Say which state of ${key} this request is for: send its entity-tag in If-Match${field}; to create it by PUT, send If-None-Match: *.`;
  return problemPlan(exchange, "precondition-required", detail, {
    members: { links: { resource: exchange.pathOf(collection.name, id) } },
  });
}

/** 409: the id that a creation asks for is taken. Of one that is hidden nothing else is told. */
export async function duplicateId(exchange: Exchange, { key, hidden }: WriteIntent): Promise<ResponsePlan> {
  const isShown = !hidden && (await exchange.mayRead(key));
  const members = { resource: key, field: "/id", ...(isShown && { holder: key }) };
  return problemPlan(exchange, "duplicate", "The id is taken.", { members });
}

/** 409: a unique field's value is taken by another resource. */
export async function duplicateValue(
  exchange: Exchange,
  intent: WriteIntent,
  index: string,
  holder: Key,
): Promise<ResponsePlan> {
  const field = fieldOfIndex(intent.collection, index);
  const resource = intent.idGiven ? intent.key : intent.collection.name;
  const members = { resource, field: `/${field}`, ...((await exchange.mayRead(holder)) && { holder }) };
  return problemPlan(exchange, "duplicate", `The value of ${field} is taken.`, { members });
}
