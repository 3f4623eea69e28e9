/** How much work an algorithm may still do. It counts down. */
export interface Steps {
  left: number;
}

/**
 * A longest common subsequence of two lists of numbers, as pairs of indices that both grow: the greedy algorithm of
 * Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), over the numbers that stand in both lists. Nothing
 * where it would take more steps than are left: its work grows with the square of the difference.
 */
export function commonSubsequence(
  from: readonly number[],
  to: readonly number[],
  steps: Steps,
): readonly (readonly [number, number])[] {
  const [old, fresh] = [indicesOfShared(from, to), indicesOfShared(to, from)];
  const trace = traceOf(
    old.map((index) => from[index] ?? -1),
    fresh.map((index) => to[index] ?? -1),
    steps,
  );
  if (trace === undefined) return [];
  return pairsOf(trace, old.length, fresh.length).map(([x, y]) => [old[x] ?? -1, fresh[y] ?? -1]);
}

function indicesOfShared(list: readonly number[], other: readonly number[]): readonly number[] {
  const known = new Set(other);
  const indices: number[] = [];
  for (const [index, number] of list.entries()) if (known.has(number)) indices.push(index);
  return indices;
}

/**
 * For each number of differences, how far along the first list one gets on each diagonal `x - y` from `-d` to `d`.
 * Every second place stays unused.
 */
type Trace = readonly Int32Array[];

function traceOf(from: readonly number[], to: readonly number[], steps: Steps): Trace | undefined {
  const trace: Int32Array[] = [];
  let before = new Int32Array(1);
  for (let d = 0; d <= from.length + to.length; d += 1) {
    steps.left -= d + 1;
    const reached = new Int32Array(2 * d + 1);
    for (let diagonal = -d; diagonal <= d; diagonal += 2) {
      const start = d === 0 ? 0 : startOf(before, d, diagonal);
      let x = start;
      while (x < from.length && x - diagonal < to.length && from[x] === to[x - diagonal]) x += 1;
      steps.left -= x - start;
      if (steps.left < 0) return undefined;
      reached[diagonal + d] = x;
      if (x >= from.length && x - diagonal >= to.length) return [...trace, reached];
    }
    trace.push(reached);
    before = reached;
  }
  return undefined;
}

/** Where a path of `d` differences comes onto a diagonal: one down from the next, or one to the right of the last. */
function startOf(before: Int32Array, d: number, diagonal: number): number {
  return comesDown(before, d, diagonal) ? (before[diagonal + 1 + d - 1] ?? 0) : (before[diagonal - 1 + d - 1] ?? 0) + 1;
}

function comesDown(before: Int32Array, d: number, diagonal: number): boolean {
  if (diagonal === -d) return true;
  if (diagonal === d) return false;
  return (before[diagonal - 1 + d - 1] ?? 0) < (before[diagonal + 1 + d - 1] ?? 0);
}

/** The pairs on the path that the trace found, from its end back. */
function pairsOf(trace: Trace, fromLength: number, toLength: number): readonly (readonly [number, number])[] {
  const pairs: (readonly [number, number])[] = [];
  let [x, y] = [fromLength, toLength];
  for (let d = trace.length - 1; d >= 0; d -= 1) {
    const diagonal = x - y;
    const before = trace[d - 1];
    const start = before === undefined ? 0 : startOf(before, d, diagonal);
    while (x > start) {
      x -= 1;
      y -= 1;
      pairs.push([x, y]);
    }
    if (before === undefined) break;
    if (comesDown(before, d, diagonal)) y -= 1;
    else x -= 1;
  }
  return pairs.reverse();
}
