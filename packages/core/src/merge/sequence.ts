import { commonSubsequence, type Steps } from "../json/subsequence.js";

/** A part of one side: the items from one index up to another. */
export interface Piece {
  readonly side: "base" | "mine" | "theirs";
  readonly from: number;
  readonly to: number;
}

/** Three versions of a sequence, as numbers: items are equal where their numbers are. */
export interface Sequences {
  readonly base: readonly number[];
  readonly mine: readonly number[];
  readonly theirs: readonly number[];
}

/**
 * Merges lines as diff3 does: changes of one side are taken, equal changes once. Nothing where changes of both sides
 * meet or touch, or where the sides differ too much to be aligned in the steps that are left.
 */
export function mergeLines(sides: Sequences, steps: Steps): readonly Piece[] | undefined {
  const regions = regionsOf(sides, steps, () => true);
  return regions && piecesOf(sides, regions, () => undefined);
}

/**
 * Merges items that have no name of their own. Changes that only touch are taken both, where their order is certain;
 * items that both sides took out are out. Beyond changes that meet, it gives nothing where an item may have been moved,
 * or one of several equal items is meant: where one side puts in what the other puts in or takes out elsewhere, and
 * where both take out equal items at different places. So none is there twice, and none that was taken out comes back.
 */
export function mergeItems(sides: Sequences, steps: Steps): readonly Piece[] | undefined {
  const regions = regionsOf(sides, steps, isOrderUncertain);
  if (regions === undefined || !isUnambiguous(sides, regions)) return undefined;
  return piecesOf(sides, regions, withoutRemoved);
}

/** Items of the base, from `start` up to `end`, that became those of a side from `from` up to `to`. */
interface Hunk {
  readonly start: number;
  readonly end: number;
  readonly from: number;
  readonly to: number;
}

/** Items of the base in which changes meet. */
interface Region {
  readonly start: number;
  end: number;
  /** The hunk that ends it. */
  last: Hunk;
  readonly mine: Hunk[];
  readonly theirs: Hunk[];
}

function hunksOf(base: readonly number[], side: readonly number[], steps: Steps): readonly Hunk[] {
  const hunks: Hunk[] = [];
  let [start, from] = [0, 0];
  for (const [end, to] of [...commonSubsequence(base, side, steps), [base.length, side.length] as const]) {
    if (end > start || to > from) hunks.push({ start, end, from, to });
    [start, from] = [end + 1, to + 1];
  }
  return hunks;
}

function regionsOf(
  { base, mine, theirs }: Sequences,
  steps: Steps,
  meetsAtTouch: (first: Hunk, second: Hunk) => boolean,
): readonly Region[] | undefined {
  const hunks = [
    ...hunksOf(base, mine, steps).map((hunk) => ({ hunk, side: "mine" as const })),
    ...hunksOf(base, theirs, steps).map((hunk) => ({ hunk, side: "theirs" as const })),
  ];
  if (steps.left < 0) return undefined;
  hunks.sort((a, b) => a.hunk.start - b.hunk.start || a.hunk.end - b.hunk.end);
  const regions: Region[] = [];
  for (const { hunk, side } of hunks) {
    let region = regions.at(-1);
    const meets =
      region !== undefined &&
      (hunk.start < region.end || (hunk.start === region.end && meetsAtTouch(region.last, hunk)));
    if (region === undefined || !meets) {
      region = { start: hunk.start, end: hunk.end, last: hunk, mine: [], theirs: [] };
      regions.push(region);
    }
    region[side].push(hunk);
    if (hunk.end < region.end) continue;
    region.end = hunk.end;
    region.last = hunk;
  }
  return regions;
}

/** Two hunks that touch both put something in, and one of them replaces nothing. */
function isOrderUncertain(first: Hunk, second: Hunk): boolean {
  return (first.start === first.end || second.start === second.end) && adds(first) && adds(second);
}

function adds(hunk: Hunk): boolean {
  return hunk.to > hunk.from;
}

/** The items of a side from one index up to another. */
interface Part {
  readonly from: number;
  readonly to: number;
}

/** What a side has in the place of a region; nothing where it changed nothing there. */
function partOf(hunks: readonly Hunk[], region: Region): Part | undefined {
  const [first, last] = [hunks[0], hunks.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  return { from: first.from - (first.start - region.start), to: last.to + (region.end - last.end) };
}

function piecesOf(
  sides: Sequences,
  regions: readonly Region[],
  otherwise: (region: Region) => readonly Piece[] | undefined,
): readonly Piece[] | undefined {
  const pieces: Piece[] = [];
  let at = 0;
  for (const region of regions) {
    pieces.push({ side: "base", from: at, to: region.start });
    at = region.end;
    const [mine, theirs] = [partOf(region.mine, region), partOf(region.theirs, region)];
    if (mine !== undefined && theirs === undefined) pieces.push({ side: "mine", ...mine });
    else if (theirs !== undefined && (mine === undefined || isAgreed(sides, mine, theirs))) {
      pieces.push({ side: "theirs", ...theirs });
    } else {
      const others = otherwise(region);
      if (others === undefined) return undefined;
      pieces.push(...others);
    }
  }
  pieces.push({ side: "base", from: at, to: sides.base.length });
  return pieces;
}

function isAgreed(sides: Sequences, mine: Part, theirs: Part): boolean {
  if (mine.to - mine.from !== theirs.to - theirs.from) return false;
  for (let step = 0; step < mine.to - mine.from; step += 1) {
    if (sides.mine[mine.from + step] !== sides.theirs[theirs.from + step]) return false;
  }
  return true;
}

/** What is left of the base in a region in which both sides only took items out. */
function withoutRemoved(region: Region): readonly Piece[] | undefined {
  const hunks = [...region.mine, ...region.theirs].sort((a, b) => a.start - b.start);
  if (hunks.some(adds)) return undefined;
  const pieces: Piece[] = [];
  let at = region.start;
  for (const hunk of hunks) {
    if (hunk.start > at) pieces.push({ side: "base", from: at, to: hunk.start });
    at = Math.max(at, hunk.end);
  }
  return pieces;
}

function isUnambiguous(sides: Sequences, regions: readonly Region[]): boolean {
  const removed = { mine: removedBy("mine", regions), theirs: removedBy("theirs", regions) };
  const added = { mine: addedBy("mine", sides, regions), theirs: addedBy("theirs", sides, regions) };
  const itemsAt = (indices: ReadonlySet<number>) => new Set(Array.from(indices, (index) => sides.base[index] ?? -1));
  const alone = (some: ReadonlySet<number>, others: ReadonlySet<number>) =>
    itemsAt(new Set(Array.from(some).filter((index) => !others.has(index))));
  return (
    areApart(added.mine, added.theirs) &&
    areApart(added.mine, itemsAt(removed.theirs)) &&
    areApart(added.theirs, itemsAt(removed.mine)) &&
    areApart(alone(removed.mine, removed.theirs), alone(removed.theirs, removed.mine))
  );
}

/** The indices, in the base, of what a side took out. */
function removedBy(side: "mine" | "theirs", regions: readonly Region[]): ReadonlySet<number> {
  const indices = new Set<number>();
  for (const region of regions) {
    for (const { start, end } of region[side]) for (let index = start; index < end; index += 1) indices.add(index);
  }
  return indices;
}

/** What a side put in, apart from what both did at one place. */
function addedBy(side: "mine" | "theirs", sides: Sequences, regions: readonly Region[]): ReadonlySet<number> {
  const items = new Set<number>();
  for (const region of regions) {
    const [mine, theirs] = [partOf(region.mine, region), partOf(region.theirs, region)];
    if (mine !== undefined && theirs !== undefined && isAgreed(sides, mine, theirs)) continue;
    for (const { from, to } of region[side]) for (let at = from; at < to; at += 1) items.add(sides[side][at] ?? -1);
  }
  return items;
}

function areApart(some: ReadonlySet<number>, others: ReadonlySet<number>): boolean {
  for (const item of some) if (others.has(item)) return false;
  return true;
}
