import { randomFillSync } from "node:crypto";
import type { Tag } from "@unclash/core/store";

const tagBytes = 12;
const pool = Buffer.alloc(tagBytes * 256);
let used = pool.length;

/** The length of 96 bits in base64url. */
const randomLength = 16;

/** The number of the first shape of an API: of every state that was written before there was a second one. */
export const firstShape = 1;

/**
 * A commit's tag: 96 random bits in base64url. Drawn from a pool, since one call for each costs ten times as much.
 * Behind them stands the number of the shape that the commit's states are in (decision 012), but for the first one.
 *
 * @param shape the number of the newest API version; a whole number from 1
 * @default firstShape
 */
export function createTag(shape: number = firstShape): Tag {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += tagBytes;
  return tagInShape(pool.toString("base64url", used - tagBytes, used), shape);
}

/** A tag with this random part: of a state that was rewritten in another shape, and is the same state still. */
export function tagInShape(random: string, shape: number): Tag {
  return shape === firstShape ? random : `${random}${shape}`;
}

/** The random part of a tag. */
export function randomPartOf(tag: Tag): string {
  return tag.slice(0, randomLength);
}

/**
 * The number of the shape that a state with this tag is stored in. `undefined` where something else stands behind the
 * random characters, which a later release may write: what it means is not known here, so the state must not be shown.
 */
export function shapeOf(tag: Tag): number | undefined {
  if (tag.length <= randomLength) return firstShape;
  const number = tag.slice(randomLength);
  return /^(?:[2-9]|[1-9]\d{1,3})$/.test(number) ? Number(number) : undefined;
}
