import { pageBytesMax } from "@unclash/core";

/** A row whose text is not loaded yet. */
export interface Sized {
  /** The bytes of its text; `null` where it has none, or where texts were not asked for. */
  readonly size: number | null;
}

/** How many of these rows one page holds: it ends with the one whose text brings its texts to 8 MiB. */
export function countOnPage(rows: readonly Sized[]): number {
  let bytes = 0;
  const last = rows.findIndex(({ size }) => {
    bytes += size ?? 0;
    return bytes >= pageBytesMax;
  });
  return last === -1 ? rows.length : last + 1;
}
