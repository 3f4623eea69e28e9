/**
 * The first of the indexes 0 to `length` − 1 for which `holds`, else `length` (0 where that is below). Once it holds,
 * it must hold for all later ones.
 */
export function firstWhere(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = Math.max(length, 0);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
