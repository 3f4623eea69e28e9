import type { Server } from "node:http";

/**
 * What a server does:
 *
 * - `bare`: what one writes by hand: the framework's parser, the schema, a `Map`, the framework's JSON; no entity-tags.
 * - `peer`: the same with what people add today for conditional requests.
 * - `unclash`: a collection on the memory store.
 */
export type Variant = "bare" | "peer" | "unclash";

/** The servers of one framework. Each listens on a free port of the loopback interface. */
export interface Framework {
  readonly bare: () => Promise<Server>;
  readonly unclash: () => Promise<Server>;
  /** Absent where nothing of the kind is usual. */
  readonly peer?: { readonly name: string; readonly start: () => Promise<Server> };
}
