import type { CollectionSettings } from "../resources/collection-exchange.js";
import { versionInPath } from "../versions/api-version.js";
import { serviceNames } from "./service-routes.js";

type OwnerSettings = Pick<CollectionSettings, "collections" | "versioned">;

/**
 * Whether the path's first segment, behind an API version, is the name of a collection, or of a route of unclash's own:
 * then all below it is the engine's to answer.
 */
export function ownsPath({ collections, versioned }: OwnerSettings, path: string): boolean {
  const below = versioned === undefined ? path : versionInPath(versioned.api, path).path;
  const end = below.indexOf("/", 1);
  const name = below.slice(1, end === -1 ? undefined : end);
  return below.startsWith("/") && (collections.has(name) || serviceNames.has(name));
}

/** The paths that `ownsPath` gives the engine, without what is below them. */
export function ownedPaths({ collections, versioned }: OwnerSettings): readonly string[] {
  const paths = [...collections.keys(), ...serviceNames].map((name) => `/${name}`);
  const versions = versioned?.api.offered ?? [];
  return [...paths, ...versions.flatMap(({ name }) => paths.map((path) => `/${name}${path}`))];
}
