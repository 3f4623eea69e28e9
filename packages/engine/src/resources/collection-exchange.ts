import type { ResourceExchange, ResourceSettings } from "../access/resource-exchange.js";
import type { GuardedConflicts } from "../conflicts/records/guarded-conflicts.js";
import type { RecordedRefusals } from "../conflicts/records/refusals.js";
import type { KeyKeeping } from "../idempotency/keeping.js";
import type { Collection, VersionedCollections } from "./collection.js";

/** The settings of an engine. */
export interface CollectionSettings extends ResourceSettings {
  readonly idempotency: KeyKeeping;
  readonly collections: ReadonlyMap<string, Collection>;
  /** Where refusals are counted that are to be recorded. */
  readonly refusals: RecordedRefusals;
  /** Where guards keep the records of their conflicts, by name. */
  readonly guardedConflicts: Map<string, GuardedConflicts>;
  /** `undefined` where the API has no versions. */
  readonly versioned: VersionedCollections | undefined;
}

/** One request for the collections of an engine. */
export type CollectionExchange = ResourceExchange<CollectionSettings>;

/** A resource, as a path addresses it. */
export interface Addressed {
  readonly collection: Collection;
  readonly id: string;
  readonly key: string;
  /** The app hides it from the caller: whatever is there, nothing is. */
  readonly hidden: boolean;
}

/** The collection that a resource is in, as the caller's API version shows it. */
export function collectionOf(
  {
    settings,
    apiVersion,
  }: {
    readonly settings: Pick<CollectionSettings, "collections" | "versioned">;
    readonly apiVersion: { readonly number: number } | undefined;
  },
  key: string,
): Collection | undefined {
  const { versioned } = settings;
  const version = versioned?.api.versions.find(({ number }) => number === apiVersion?.number);
  const shown = version && versioned?.collections.get(version);
  return (shown ?? settings.collections).get(key.slice(0, key.indexOf("/")));
}
