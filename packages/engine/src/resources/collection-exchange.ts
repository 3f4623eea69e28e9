import type { ResourceExchange, ResourceSettings } from "../access/resource-exchange.js";
import type { KeyKeeping } from "../idempotency/keeping.js";
import type { Collection, VersionedCollections } from "./collection.js";

/** The settings of an engine. */
export interface CollectionSettings extends ResourceSettings {
  readonly idempotency: KeyKeeping;
  readonly collections: ReadonlyMap<string, Collection>;
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
