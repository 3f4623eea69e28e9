import type { ResponsePlan } from "@unclash/core";
import { type Actor, isRefusal } from "../access/actor.js";
import type { Action } from "../access/authorize.js";
import type { Exchange } from "../access/exchange.js";
import type { RequestFacts } from "../http/request.js";
import { emptyPlan, problemPlan } from "../http/responses.js";
import type { Settings } from "../options.js";
import type { Collection } from "../resources/collection.js";
import { listResources } from "../resources/list.js";
import { askPermission, notFound, type Permission } from "../resources/refusals.js";
import {
  type Addressing,
  malformedPlan,
  mediaTypes,
  takeIntent,
  testsState,
  type WriteIntent,
} from "../resources/write-request.js";
import { listVersions, readVersion } from "../versions/history.js";
import { decodeId, readResource } from "./read.js";
import { allowedMethods, type Route } from "./routes.js";
import { write } from "./write.js";

/**
 * One request, one straight line: identify → route → authorize → body → read → precondition → decide → commit →
 * represent. A step that ends the request returns the answer to it, so of several answers that apply the earliest
 * step's is given.
 */
export async function answer(exchange: Exchange, route: Route | undefined): Promise<ResponsePlan> {
  const { method } = exchange.request;
  if (route === undefined) return problemPlan(exchange, "not-found", "There is nothing at this path.");
  const allowed = allowedMethods(route);
  if (method === "OPTIONS") return emptyPlan(204, "ok", optionsHeaders(allowed));
  if (!allowed.includes(method)) {
    return problemPlan(exchange, "method-not-allowed", `The methods here are ${allowed.join(", ")}.`, {
      headers: { allow: allowed.join(", ") },
    });
  }
  const { collection } = route;
  if (route.kind === "collection") return answerCollection(exchange, collection, method);

  const decoded = decodeId(route.rawId, exchange.settings.limits.idBytesMax);
  if (!("id" in decoded)) return malformedPlan(exchange, [decoded]);
  const { id } = decoded;
  const key = `${collection.name}/${id}`;
  // What a resource was is not for who may not see what it is.
  const actions: readonly Action[] = route.kind === "resource" ? [actionOf(exchange, method)] : ["read", "history"];
  const permission = await askPermissions(exchange, actions, key);
  if (permission.kind === "refused") return permission.plan;
  const addressed = { collection, id, key, hidden: permission.kind === "hidden" };
  switch (route.kind) {
    case "versions":
      return listVersions(exchange, addressed);
    case "version":
      return readVersion(exchange, addressed, route.rawVersion);
    case "resource":
      return isWrite(method) ? takeAndWrite(exchange, method, addressed) : readResource(exchange, addressed);
  }
}

/** The first answer that is not to go on as usual. */
async function askPermissions(exchange: Exchange, actions: readonly Action[], key: string): Promise<Permission> {
  for (const action of actions) {
    const permission = await askPermission(exchange, action, key);
    if (permission.kind !== "allowed") return permission;
  }
  return { kind: "allowed" };
}

/** Who makes the request; or 401, the one answer that comes before it is known what is asked for. */
export async function identifyCaller<Native>(
  settings: Pick<Settings<Native>, "identify">,
  request: RequestFacts<Native>,
): Promise<
  | { readonly kind: "known"; readonly actor: Actor | undefined }
  | { readonly kind: "unknown"; readonly challenge: string }
> {
  const identity = settings.identify === undefined ? undefined : await settings.identify(request);
  if (isRefusal(identity)) return { kind: "unknown", challenge: identity.challenge };
  return { kind: "known", actor: identity ?? undefined };
}

async function answerCollection(exchange: Exchange, collection: Collection, method: string): Promise<ResponsePlan> {
  const every = `${collection.name}/*`;
  const permission = await askPermission(exchange, method === "POST" ? "create" : "read", every);
  if (permission.kind === "refused") return permission.plan;
  const hidden = permission.kind === "hidden";
  if (method === "POST") return takeAndWrite(exchange, method, { collection, id: undefined, hidden });
  const list = await listResources(exchange, collection);
  // What is malformed about the request is told first, as it is where there is nothing to hide.
  return hidden && list.status !== 400 ? notFound(exchange, every) : list;
}

async function takeAndWrite(
  exchange: Exchange,
  method: WriteIntent["method"],
  addressing: Addressing,
): Promise<ResponsePlan> {
  const taken = await takeIntent(exchange, method, addressing);
  if (taken.kind === "refused") return taken.plan;
  const { intent } = taken;
  if (method === "POST" && addressing.hidden) return notFound(exchange, `${addressing.collection.name}/*`);
  const action = contentAction(intent);
  if (action === undefined) return write(exchange, intent);
  const permission = await askPermission(exchange, action, intent.key);
  if (permission.kind === "refused") return permission.plan;
  return write(exchange, permission.kind === "hidden" ? { ...intent, hidden: true } : intent);
}

/**
 * What else a write needs to be allowed, as its content shows. Who may create something may not create this, for that: a
 * POST names it in its content, if at all. And a patch that tests the state would tell of it to who may not read it.
 */
function contentAction(intent: WriteIntent): Action | undefined {
  if (intent.method === "POST") return intent.idGiven ? "create" : undefined;
  return testsState(intent.change) ? "read" : undefined;
}

/** What a method does to a resource. A PUT that may only create is a creation; one that turns out to be is asked again. */
function actionOf(exchange: Exchange, method: string): Action {
  switch (method) {
    case "PUT":
      return exchange.header("if-none-match")?.trim() === "*" ? "create" : "change";
    case "PATCH":
      return "change";
    case "DELETE":
      return "delete";
    default:
      return "read";
  }
}

function isWrite(method: string): method is "PUT" | "PATCH" | "DELETE" {
  return method === "PUT" || method === "PATCH" || method === "DELETE";
}

function optionsHeaders(allowed: readonly string[]): Readonly<Record<string, string>> {
  const headers = { allow: allowed.join(", ") };
  return allowed.includes("PATCH") ? { ...headers, "accept-patch": mediaTypes.PATCH.join(", ") } : headers;
}
