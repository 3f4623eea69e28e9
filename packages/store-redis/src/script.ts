import { createHash } from "node:crypto";

/**
 * A Lua script that runs on the server. All its keys begin with `KEYS[1]`, the store's prefix, and so share one slot.
 */
export interface Script {
  readonly source: string;
  /** The SHA-1 by which the server knows it. */
  readonly sha: string;
}

/** Joins parts of Lua to a script. Those that come first define what the later ones use. */
export function script(...parts: readonly string[]): Script {
  const source = parts.map((part) => part.trim()).join("\n");
  return { source, sha: createHash("sha1").update(source).digest("hex") };
}
