import { pageBytesMax } from "./misuse.js";
import type { Range } from "./range.js";

/** The bytes of text with which a page of this range ends at the latest: 8 MiB unless fewer are asked for. */
export function pageBytesOf({ textBytesMax = pageBytesMax }: Pick<Range, "textBytesMax"> = {}): number {
  return Math.min(textBytesMax, pageBytesMax);
}

/**
 * How many of some items one page holds: it ends with the item whose text brings its bytes to `bytesMax`.
 *
 * @param bytesOf about how many bytes the text of an item has; 0 for one without a text
 */
export function countOnPage<Item>(
  items: readonly Item[],
  bytesOf: (item: Item) => number,
  bytesMax: number = pageBytesMax,
): number {
  let bytes = 0;
  const last = items.findIndex((item) => {
    bytes += bytesOf(item);
    return bytes >= bytesMax;
  });
  return last === -1 ? items.length : last + 1;
}
