import { randomFillSync } from "node:crypto";
import type { Tag } from "@unclash/core/store";

const tagBytes = 12;
const pool = Buffer.alloc(tagBytes * 256);
let used = pool.length;

/** A commit's tag: 96 random bits in base64url. Drawn from a pool, since one call for each costs ten times as much. */
export function createTag(): Tag {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += tagBytes;
  return pool.toString("base64url", used - tagBytes, used);
}
