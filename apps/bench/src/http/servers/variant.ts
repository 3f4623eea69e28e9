import type { Server } from "node:http";

/**
 * What a server does:
 *
 * - `bare`: what one writes by hand: the framework's parser, the schema, a `Map`, the framework's JSON; no entity-tags.
 * - `peer`: the same with what people add today for conditional requests.
 * - `unclash`: a collection on the memory store.
 * - `guarded`: the bare server with a version in each article, and unclash's guard around its handlers.
 * - `guard-peer`: the same with what there is today in place of the guard.
 */
export type Variant = "bare" | "peer" | "unclash" | "guarded" | "guard-peer";

/** What others have for the same. */
export interface Peer {
  readonly name: string;
  readonly start: () => Promise<Server>;
}

/** The servers of one framework. Each listens on a free port of the loopback interface. */
export interface Framework {
  readonly bare: () => Promise<Server>;
  readonly unclash: () => Promise<Server>;
  /** Absent where nothing of the kind is usual. */
  readonly peer?: Peer;
  readonly guarded: () => Promise<Server>;
  /** Absent where there is nothing of the kind. */
  readonly guardPeer?: Peer;
}
