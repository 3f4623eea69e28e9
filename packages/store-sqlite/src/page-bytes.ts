import { pageBytesMax } from "@unclash/core";

/** A row whose text is not loaded yet. */
export interface Sized {
  /** The bytes of its text; `null` where it has none, or where texts were not asked for. */
  readonly size: number | null;
}

/** How many of these rows one page holds: it ends with the one whose text brings its bytes to the most, 8 MiB unless fewer are asked for. */
export function countOnPage(rows: readonly Sized[], bytesMax: number = pageBytesMax): number {
  let bytes = 0;
  const last = rows.findIndex(({ size }) => {
    bytes += size ?? 0;
    return bytes >= Math.min(bytesMax, pageBytesMax);
  });
  return last === -1 ? rows.length : last + 1;
}
