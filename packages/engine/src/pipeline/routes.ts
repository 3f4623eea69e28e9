import type { Collection } from "../resources/collection.js";

/** What a path names. */
export type Route =
  | { readonly kind: "collection"; readonly collection: Collection }
  | { readonly kind: "resource"; readonly collection: Collection; readonly rawId: string }
  | { readonly kind: "versions"; readonly collection: Collection; readonly rawId: string }
  | { readonly kind: "version"; readonly collection: Collection; readonly rawId: string; readonly rawVersion: string };

const methods = {
  collection: ["GET", "HEAD", "POST", "OPTIONS"],
  resource: ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"],
  versions: ["GET", "HEAD", "OPTIONS"],
  version: ["GET", "HEAD", "OPTIONS"],
} as const satisfies Record<Route["kind"], readonly string[]>;

/** The methods that a route knows. */
export function allowedMethods(route: Route): readonly string[] {
  return methods[route.kind];
}

/** How observers are told of a route: a pattern, so that it can be the label of a metric. */
export function routePattern(route: Route): string {
  const base = `/${route.collection.name}`;
  switch (route.kind) {
    case "collection":
      return base;
    case "resource":
      return `${base}/{id}`;
    case "versions":
      return `${base}/{id}/versions`;
    case "version":
      return `${base}/{id}/versions/{n}`;
  }
}

/** Finds what a path, percent-encoded and without its query, names among the collections. */
export function findRoute(collections: ReadonlyMap<string, Collection>, path: string): Route | undefined {
  const [empty, name, rawId, sub, rawVersion, ...rest] = path.split("/", 7);
  const collection = name === undefined ? undefined : collections.get(name);
  if (empty !== "" || collection === undefined || rest.length > 0) return undefined;
  if (rawId === undefined) return { kind: "collection", collection };
  if (rawId === "") return undefined;
  if (sub === undefined) return { kind: "resource", collection, rawId };
  if (sub !== "versions" || rawVersion === "") return undefined;
  return rawVersion === undefined
    ? { kind: "versions", collection, rawId }
    : { kind: "version", collection, rawId, rawVersion };
}

/** Whether the path's first segment is a collection's name: then all below it is the engine's to answer. */
export function ownsPath(collections: ReadonlyMap<string, Collection>, path: string): boolean {
  const end = path.indexOf("/", 1);
  return collections.has(path.slice(1, end === -1 ? undefined : end));
}
