import { idFault, type ProblemEntry, type ResponsePlan, resourceKey, type StreamPlan } from "@unclash/core";
import type { Caller } from "../access/actor.js";
import { noState } from "../access/asked-resource.js";
import type { Action } from "../access/default-permissions.js";
import { patchTypes } from "../conflicts/read-change.js";
import { malformed, type Refused, refused } from "../http/refusal.js";
import type { RequestFacts } from "../http/request.js";
import { emptyResponse, refusedResponse } from "../http/responses.js";
import { sentences } from "../http/sentences.js";
import type { NotifiedExchange, NotifiedSettings } from "../notifications/notified-exchange.js";
import type { Collection } from "../resources/collection.js";
import type { Addressed, CollectionExchange } from "../resources/collection-exchange.js";
import { answerList, answerRead } from "./read.js";
import { answerDifference, answerHistory, answerPast, answerTimeMap, answerVersion, asksForPast } from "./read-past.js";
import { answerRedaction } from "./redact.js";
import {
  findServiceRoute,
  type PathParameters,
  type ServiceRoute,
  serviceNames,
  serviceRoutes,
} from "./service-routes.js";
import { answerWrite } from "./write.js";

/** What a path names among the collections: a row of the table, with what stands in the place of its parameters. */
export interface CollectionMatch {
  readonly route: Route;
  readonly collection: Collection;
  readonly rawId: string;
  readonly rawVersion: string;
}

/** What a path names among the routes of unclash's own. */
export interface ServiceMatch {
  readonly route: ServiceRoute;
  readonly collection?: undefined;
  readonly parameters: PathParameters;
}

/** What a path names. */
export type Match = CollectionMatch | ServiceMatch;

type Answer<Target> = (
  exchange: NotifiedExchange,
  target: Target,
  match: CollectionMatch,
) => Promise<ResponsePlan | StreamPlan>;

/** What a caller must be allowed to do, by the headers of the request, and how it is answered. */
interface Operation<Target> {
  readonly actions: readonly Action[] | ((exchange: CollectionExchange) => readonly Action[]);
  /** The answer reads past states alone, so that nobody can be asked again once the current one is known. */
  readonly isOfPast?: true;
  readonly answer: Answer<Target>;
}

/** A row of the table of routes. GET stands for HEAD too, and OPTIONS is answered everywhere. */
export type Route =
  | { readonly pattern: string; readonly of: "collection"; readonly operations: Operations<OfCollection> }
  | { readonly pattern: string; readonly of: "resource"; readonly operations: Operations<Addressed> };

/** An operation, or the choice of one by what the request says besides its method and path. */
type Choice<Target> = Operation<Target> | ((exchange: CollectionExchange, collection: Collection) => Operation<Target>);
type KnownMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
type Operations<Target> = Readonly<Partial<Record<KnownMethod, Choice<Target>>>>;
type OfCollection = Pick<Addressed, "collection" | "hidden">;

// What a resource was is not for who may not see what it is.
const pastActions: readonly Action[] = ["read", "history"];

const readCurrent: Operation<Addressed> = { actions: ["read"], answer: answerRead };

/** An operation that reads past states. */
function ofPast(answer: Answer<Addressed>): Operation<Addressed> {
  return { actions: pastActions, isOfPast: true, answer };
}

const readPast = ofPast(answerPast);

/** Every route of collections: its pattern, its methods, what each needs to be allowed, and what answers it. */
export const routes: readonly Route[] = [
  {
    pattern: "/{c}",
    of: "collection",
    operations: {
      GET: { actions: ["read"], answer: answerList },
      POST: {
        actions: ["create"],
        answer: (exchange, target) => answerWrite(exchange, "POST", { ...target, id: undefined }),
      },
    },
  },
  {
    pattern: "/{c}/{id}",
    of: "resource",
    operations: {
      GET: (exchange, collection) => (asksForPast(exchange, collection) ? readPast : readCurrent),
      PUT: { actions: actionsOfPut, answer: (exchange, target) => answerWrite(exchange, "PUT", target) },
      PATCH: { actions: ["change"], answer: (exchange, target) => answerWrite(exchange, "PATCH", target) },
      DELETE: { actions: ["delete"], answer: (exchange, target) => answerWrite(exchange, "DELETE", target) },
    },
  },
  { pattern: "/{c}/{id}/versions", of: "resource", operations: { GET: ofPast(answerHistory) } },
  {
    pattern: "/{c}/{id}/versions/{n}",
    of: "resource",
    operations: {
      GET: ofPast((exchange, target, { rawVersion }) => answerVersion(exchange, target, [rawVersion])),
    },
  },
  {
    pattern: "/{c}/{id}/versions/{n}/redact",
    of: "resource",
    operations: {
      POST: {
        actions: ["redact"],
        answer: (exchange, target, { rawVersion }) => answerRedaction(exchange, target, rawVersion),
      },
    },
  },
  { pattern: "/{c}/{id}/timemap", of: "resource", operations: { GET: ofPast(answerTimeMap) } },
  { pattern: "/{c}/{id}/diff", of: "resource", operations: { GET: ofPast(answerDifference) } },
  {
    pattern: "/{c}/{id}/rollback",
    of: "resource",
    operations: {
      POST: {
        actions: ["rollback"],
        answer: (exchange, target) => answerWrite(exchange, "PUT", { ...target, asks: "rollback" }),
      },
    },
  },
];

/** A PUT that may only create is a creation; one that turns out to be is asked again. */
function actionsOfPut({ header }: CollectionExchange): readonly Action[] {
  return [header("if-none-match")?.trim() === "*" ? "create" : "change"];
}

/** Finds what a path, percent-encoded and without its query, names. */
export function findRoute(collections: ReadonlyMap<string, Collection>, path: string): Match | undefined {
  const [empty, name = "", rawId, sub, rawVersion, last, ...rest] = path.split("/", 7);
  const collection = collections.get(name);
  if (collection === undefined && serviceNames.has(name)) return findServiceRoute(path);
  if (empty !== "" || collection === undefined || rest.length > 0 || rawId === "" || rawVersion === "")
    return undefined;
  const route = routesByPattern.get(patternOf(rawId, sub, rawVersion, last));
  return route && { route, collection, rawId: rawId ?? "", rawVersion: rawVersion ?? "" };
}

const routesByPattern: ReadonlyMap<string, Route> = new Map(routes.map((route) => [route.pattern, route]));

/** The pattern that a path of so many segments would have. */
function patternOf(rawId?: string, sub?: string, rawVersion?: string, last?: string): string {
  if (rawId === undefined) return "/{c}";
  if (sub === undefined) return "/{c}/{id}";
  if (rawVersion === undefined) return `/{c}/{id}/${sub}`;
  return last === undefined ? `/{c}/{id}/${sub}/{n}` : `/{c}/{id}/${sub}/{n}/${last}`;
}

/** The methods that a route knows: made once, as every request asks for them. */
export function allowedMethods(route: Route | ServiceRoute): readonly string[] {
  return methodsOf.get(route) ?? methodsIn(route);
}

function methodsIn({ operations }: Route | ServiceRoute): readonly string[] {
  return [...Object.keys(operations).flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : method)), "OPTIONS"];
}

const methodsOf: ReadonlyMap<Route | ServiceRoute, readonly string[]> = new Map(
  [...routes, ...serviceRoutes].map((route) => [route, methodsIn(route)]),
);

/** How observers are told of a route: a pattern with the collection's name, so that it can be the label of a metric. */
export function routeLabel({ route, collection }: Match): string {
  return collection === undefined ? route.pattern : route.pattern.replace("{c}", collection.name);
}

/** What the API version of a request ends it with, before its sender's permissions are asked for and after that. */
export interface VersionRefusals {
  readonly early: Refused | undefined;
  readonly late: Refused | undefined;
}

/**
 * Answers a request whose sender is known, by the table of routes: 404, 405, those of its API version, then malformed
 * ids, then 401 and 403.
 */
export async function answerRoute(
  exchange: NotifiedExchange,
  match: Match | undefined,
  { early, late }: VersionRefusals,
): Promise<ResponsePlan | StreamPlan> {
  const { method } = exchange.request;
  if (match === undefined) return refusedResponse(exchange, refused("not-found", sentences.nothingHere));
  const allowed = allowedMethods(match.route);
  if (method === "OPTIONS") return emptyResponse(204, "ok", optionsHeaders(allowed, match.collection));
  if (!allowed.includes(method)) {
    const headers = { allow: allowed.join(", ") };
    return refusedResponse(exchange, refused("method-not-allowed", sentences.methods(headers.allow), { headers }));
  }
  if (early !== undefined) return refusedResponse(exchange, early);
  if (match.collection === undefined) return answerService(exchange, match, late);
  const { route, collection } = match;
  if (route.of === "collection") {
    const operation = chosen(exchange, collection, operationOf(route.operations, method));
    const permission = await exchange.askPermission(actionsOf(exchange, operation), `${collection.name}/*`, noState);
    if (permission.kind === "refused") return refusedResponse(exchange, permission);
    if (late !== undefined) return refusedResponse(exchange, late);
    return operation.answer(exchange, { collection, hidden: permission.kind === "hidden" }, match);
  }
  const id = decodeId(match.rawId, exchange.settings.requestLimits.idBytesMax);
  if (typeof id !== "string") return refusedResponse(exchange, malformed([id]));
  const key = resourceKey(collection.name, id);
  const operation = chosen(exchange, collection, operationOf(route.operations, method));
  const state = operation.isOfPast ? "never" : "later";
  const permission = await exchange.askPermission(actionsOf(exchange, operation), key, state);
  if (permission.kind === "refused") return refusedResponse(exchange, permission);
  if (late !== undefined) return refusedResponse(exchange, late);
  return operation.answer(exchange, { collection, id, key, hidden: permission.kind === "hidden" }, match);
}

async function answerService(
  exchange: NotifiedExchange,
  { route, parameters }: ServiceMatch,
  late: Refused | undefined,
): Promise<ResponsePlan | StreamPlan> {
  const operation = operationOf(route.operations, exchange.request.method);
  const permission = await operation.ask(exchange);
  if (permission.kind === "refused") return refusedResponse(exchange, permission);
  if (permission.kind === "hidden") return refusedResponse(exchange, refused("not-found", sentences.nothingHere));
  if (late !== undefined) return refusedResponse(exchange, late);
  return operation.answer(exchange, parameters);
}

function actionsOf<Target>(exchange: CollectionExchange, { actions }: Operation<Target>): readonly Action[] {
  return typeof actions === "function" ? actions(exchange) : actions;
}

function chosen<Target>(
  exchange: CollectionExchange,
  collection: Collection,
  choice: Choice<Target>,
): Operation<Target> {
  return typeof choice === "function" ? choice(exchange, collection) : choice;
}

/** The caller as the route of the request identifies it in the place of the app; nothing where the app is asked. */
export function identifyByRoute(
  settings: NotifiedSettings,
  match: Match | undefined,
  request: RequestFacts,
): Promise<Caller> | undefined {
  const isKnown = match?.route.of === "service" && allowedMethods(match.route).includes(request.method);
  if (!isKnown || request.method === "OPTIONS") return undefined;
  return operationOf(match.route.operations, request.method).identify?.(settings, request);
}

/** The operation of a method that the route knows. */
function operationOf<Known>(operations: Partial<Record<KnownMethod, Known>>, method: string): Known {
  for (const known of ["GET", "PUT", "PATCH", "DELETE", "POST"] as const) {
    const operation = operations[known];
    if (operation !== undefined && (method === known || (method === "HEAD" && known === "GET"))) return operation;
  }
  throw new TypeError(`No operation answers ${method}.`);
}

function optionsHeaders(
  allowed: readonly string[],
  collection: Collection | undefined,
): Readonly<Record<string, string>> {
  const headers = { allow: allowed.join(", ") };
  return collection !== undefined && allowed.includes("PATCH")
    ? { ...headers, "accept-patch": patchTypes(collection).join(", ") }
    : headers;
}

/** The id that a path's segment holds, percent-encoded, or what is malformed about it. */
export function decodeId(raw: string, bytesMax: number): string | ProblemEntry {
  let id: string;
  try {
    id = decodeURIComponent(raw);
  } catch {
    return { code: "malformed-id", parameter: "id", detail: sentences.idEncoding };
  }
  const fault = idFault(id, bytesMax);
  return fault === undefined ? id : { ...fault, parameter: "id" };
}
