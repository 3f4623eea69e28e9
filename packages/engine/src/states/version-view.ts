import type { ApiVersion } from "./api-versions.js";
import type { ShapeChain } from "./shape-chain.js";

/** How one API version shows a collection. */
export interface VersionView {
  readonly version: ApiVersion;
  /** The shapes of the collection. */
  readonly chain: ShapeChain;
  /** All API versions by name: each state has an entity-tag in each of them. */
  readonly names: readonly string[];
}
