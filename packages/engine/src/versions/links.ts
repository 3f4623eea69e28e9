import type { Collection } from "../resources/collection.js";
import type { CollectionExchange } from "../resources/collection-exchange.js";
import { type State, shownVersion } from "../states/representation.js";

/** A resource whose history has URLs. */
export interface LinkedResource {
  readonly collection: Collection;
  readonly id: string;
}

/** Whether a collection keeps past states: only then does a resource have a history, and is a TimeGate. */
export function keepsPast({ retention }: Pick<Collection, "retention">): boolean {
  return retention !== "none";
}

/**
 * The value of `Link` on a state, a past one or the current one: the resource itself, which is its own TimeGate, its
 * history and TimeMap, and the state before (RFC 5829 §3, RFC 7089 §2.2). It is part of every GET, so it is put
 * together from few pieces. Versions that are timestamps do not tell of the one before.
 */
export function historyLinks(exchange: CollectionExchange, { collection, id }: LinkedResource, state: State): string {
  const path = exchange.pathOf(collection.name, id);
  if (!keepsPast(collection)) return `<${path}>; rel="latest-version"`;
  const links =
    `<${path}>; rel="original timegate latest-version", <${path}/versions>; rel="version-history", ` +
    `<${path}/timemap>; rel="timemap"`;
  return state.version > 1 && !collection.timestamps
    ? `${links}, <${path}/versions/${state.version - 1}>; rel="predecessor-version"`
    : links;
}

/** The URL path of a past state. */
export function versionPath(exchange: CollectionExchange, { collection, id }: LinkedResource, state: State): string {
  return `${exchange.pathOf(collection.name, id)}/versions/${shownVersion(collection, state)}`;
}
