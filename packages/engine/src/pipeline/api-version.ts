import type { ResponsePlan, StreamPlan } from "@unclash/core";
import type { RequestVersion } from "../access/exchange.js";
import { malformed, type Refused, refused } from "../http/refusal.js";
import { header, type RequestFacts } from "../http/request.js";
import { jsonType } from "../http/responses.js";
import { sentences } from "../http/sentences.js";
import { joinedVary } from "../http/vary.js";
import type { CollectionExchange, CollectionSettings } from "../resources/collection-exchange.js";
import type { ApiVersion, ApiVersions } from "../states/api-versions.js";
import { type ApiVersionChoice, apiVersionFields, chooseApiVersion } from "../versions/api-version.js";
import { findRoute, type Match } from "./routes.js";

/** Where a request leads, and in which API version. */
export interface Place {
  readonly match: Match | undefined;
  /** `undefined` where the API has no versions, as are the members that follow. */
  readonly choice: ApiVersionChoice | undefined;
  /** The version that was chosen; the default where none could be. */
  readonly version: RequestVersion | undefined;
}

/** Finds what a request is for: its API version, and the route behind that in its path. */
export function placeOf({ collections, versioned }: CollectionSettings, request: RequestFacts): Place {
  if (versioned === undefined) {
    return { match: findRoute(collections, request.path), choice: undefined, version: undefined };
  }
  const { api } = versioned;
  const choice = chooseApiVersion(
    api,
    { path: request.path, accept: header(request, "accept"), apiVersion: header(request, "api-version") },
    Date.now(),
  );
  const version = "version" in choice ? choice.version : api.default;
  const shown = versioned.collections.get(version) ?? collections;
  return { match: findRoute(shown, choice.path), choice, version: requestVersion(api, version, choice) };
}

function requestVersion({ name: api }: ApiVersions, version: ApiVersion, choice: ApiVersionChoice): RequestVersion {
  const { name, number } = version;
  const prefix = "by" in choice && choice.by === "path" ? `/${name}` : "";
  return { name, number, prefix, path: choice.path, mediaType: mediaTypeOf(api, name) };
}

function mediaTypeOf(api: string, version: string): string {
  return `application/vnd.${api}.${version}+json`;
}

/** 406 and 410: nothing else of the request is looked at. */
export function refuseVersion(exchange: CollectionExchange, choice: ApiVersionChoice | undefined): Refused | undefined {
  const { versioned } = exchange.settings;
  if (choice === undefined || versioned === undefined) return undefined;
  const { name, offered } = versioned.api;
  if (choice.kind === "not-acceptable") {
    return refused("not-acceptable", sentences.notAcceptable(offered.map((each) => mediaTypeOf(name, each.name))));
  }
  if (choice.kind !== "ended") return undefined;
  const { version } = choice;
  const day = new Date(version.sunsetAt ?? 0).toISOString().slice(0, 10);
  const links = version.successor === undefined ? {} : { successor: pathIn(exchange, version.successor, choice.path) };
  return refused("api-version-ended", sentences.apiVersionEnded(version.name, day), { members: { links } });
}

/** 400: `API-Version` names none, or another one than the rest of the request. */
export function malformedVersion(
  { settings: { versioned } }: CollectionExchange,
  choice: ApiVersionChoice | undefined,
): Refused | undefined {
  if (versioned === undefined || choice === undefined) return undefined;
  const fault = { header: "API-Version" };
  if (choice.kind === "contradictory") {
    const detail = sentences.contradictoryApiVersion;
    return malformed([{ ...fault, code: "contradictory-api-version", detail }]);
  }
  if (choice.kind !== "unknown") return undefined;
  const { offered, isByDay } = versioned.api;
  const names = offered.map(({ name }) => name);
  const detail = isByDay ? sentences.unknownApiDay(names[0] ?? "") : sentences.unknownApiVersion(names);
  return malformed([{ ...fault, code: "unknown-api-version", detail }]);
}

/** A response, with the fields that tell of the API version that it is in. */
export function inVersion(
  exchange: CollectionExchange,
  { choice, match }: Place,
  response: ResponsePlan | StreamPlan,
): ResponsePlan | StreamPlan {
  if (choice === undefined || match === undefined) return response;
  if (!("version" in choice)) return withFields(response, { vary: "accept, api-version" });
  const { successor } = choice.version;
  const path = successor === undefined ? "" : pathIn(exchange, successor, choice.path);
  const fields = apiVersionFields(choice, path);
  const isOwnType = choice.by === "accept" && response.headers["content-type"] === jsonType;
  const type = exchange.apiVersion?.mediaType;
  return withFields(response, isOwnType && type !== undefined ? { ...fields, "content-type": type } : fields);
}

function withFields<Plan extends ResponsePlan | StreamPlan>(
  response: Plan,
  { vary, link, ...fields }: Readonly<Record<string, string>>,
): Plan {
  const { headers } = response;
  const links = [headers["link"], link].filter((each) => each !== undefined);
  return {
    ...response,
    headers: {
      ...headers,
      ...fields,
      ...(vary !== undefined && { vary: joinedVary(headers["vary"], vary) }),
      ...(links.length > 0 && { link: links.join(", ") }),
    },
  };
}

/** Where the same is in another API version: the URL path, and the query that says which page or state it is. */
function pathIn(exchange: CollectionExchange, version: string, path: string): string {
  const { query } = exchange.request;
  const target = query === "" ? path : `${path}?${query}`;
  return `${exchange.mountPath}/${version}${target.replace(/[<>"\\]/g, encodeURIComponent)}`;
}
