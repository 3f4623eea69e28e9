import type { ResponsePlan } from "@unclash/core";
import { type Actor, isRefusal } from "./actor.js";
import type { Action } from "./authorize.js";
import type { Collection } from "./collection.js";
import type { Exchange } from "./exchange.js";
import { malformedPlan, mediaTypes, takeIntent, type WriteIntent } from "./intent.js";
import { listResources } from "./list.js";
import type { Settings } from "./options.js";
import { emptyPlan, problemPlan } from "./plan.js";
import { decodeId, readResource } from "./read.js";
import { notPermitted } from "./refusals.js";
import type { RequestFacts } from "./request.js";
import { allowedMethods, type Route } from "./route.js";
import { listVersions, readVersion } from "./versions.js";
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
  for (const action of actions) {
    const refusal = await notPermitted(exchange, action, key);
    if (refusal !== undefined) return refusal;
  }
  switch (route.kind) {
    case "versions":
      return listVersions(exchange, { collection, id, key });
    case "version":
      return readVersion(exchange, { collection, id, key }, route.rawVersion);
    case "resource":
      return isWrite(method)
        ? takeAndWrite(exchange, collection, method, id)
        : readResource(exchange, collection, id, key);
  }
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
  const refusal = await notPermitted(exchange, method === "POST" ? "create" : "read", every);
  if (refusal !== undefined) return refusal;
  return method === "POST"
    ? takeAndWrite(exchange, collection, method, undefined)
    : listResources(exchange, collection);
}

async function takeAndWrite(
  exchange: Exchange,
  collection: Collection,
  method: WriteIntent["method"],
  id: string | undefined,
): Promise<ResponsePlan> {
  const taken = await takeIntent(exchange, collection, method, id);
  if (taken.kind === "refused") return taken.plan;
  const { intent } = taken;
  // Who may create something may not create this, for that: a POST names it in its content, if at all.
  const refusal = method === "POST" && intent.idGiven ? await notPermitted(exchange, "create", intent.key) : undefined;
  return refusal ?? write(exchange, intent);
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
