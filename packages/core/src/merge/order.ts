import { longestRise } from "../json/reorder.js";

/** What tells the items of an array apart. A number is not its text. */
export type Id = string | number;

/**
 * The order of items of which each side has its own. Nothing where both sides moved one item, or put one in, to
 * different places.
 *
 * The backbone is a longest sequence of items of the base that both sides have in one order. Each other item follows an
 * item of it, as on the side that placed it: the one that put it in or moved it, or the only one that has it. Where
 * both sides put items after the same one, those of a side stay together, and the side comes first whose first item has
 * the lesser `id`: numbers before texts, texts by code units. So it makes no difference which side is which.
 *
 * No side has an `id` twice, and each item that is to stand in the result is on `mine` or `theirs`. The work is n log n
 * in their number.
 */
export function mergeOrder(base: readonly Id[], mine: readonly Id[], theirs: readonly Id[]): readonly Id[] | undefined {
  const shortest = Math.min(base.length, mine.length, theirs.length);
  let start = 0;
  while (start < shortest && mine[start] === theirs[start] && mine[start] === base[start]) start += 1;
  // What all three begin with stays there, and mostly that is nearly all.
  const middle = mergeMiddle(base.slice(start), mine.slice(start), theirs.slice(start));
  return start === 0 ? middle : middle && [...mine.slice(0, start), ...middle];
}

function mergeMiddle(base: readonly Id[], mine: readonly Id[], theirs: readonly Id[]): readonly Id[] | undefined {
  const at = mine.findIndex((id, index) => id !== theirs[index]);
  if (at < 0 && (mine.length === theirs.length || mine.length === 0)) return theirs;
  if (theirs.length === 0) return mine;
  const [id, other] = [mine[at < 0 ? mine.length : at], theirs[at < 0 ? mine.length : at]];
  return isBefore(id, other) ? weave(base, mine, theirs) : weave(base, theirs, mine);
}

/** The same, with the sides in an order that does not depend on which is which. */
function weave(base: readonly Id[], first: readonly Id[], second: readonly Id[]): readonly Id[] | undefined {
  const backbone = backboneOf(base, first, second);
  const places = new Map(backbone.map((id, index) => [id, index + 1]));
  const gaps = { base: gapsOf(base, places), first: gapsOf(first, places), second: gapsOf(second, places) };
  const runs = Array.from({ length: backbone.length + 1 }, (): Runs => ({ first: [], second: [] }));
  for (const [id, gap] of gaps.first) {
    const [old, other] = [gaps.base.get(id), gaps.second.get(id)];
    // The other side has it where it was, or where this one has it, or not at all; else it has a place of its own.
    if (other === undefined || other === old || (old === undefined && other === gap)) runs[gap]?.first.push(id);
    else if (gap !== old) return undefined;
  }
  for (const [id, gap] of gaps.second) {
    const [old, other] = [gaps.base.get(id), gaps.first.get(id)];
    if (other === undefined || other === old || old === undefined) runs[gap]?.second.push(id);
  }
  const order: Id[] = [];
  for (const [gap, run] of runs.entries()) {
    const inGap = join(run);
    if (inGap === undefined) return undefined;
    order.push(...backbone.slice(Math.max(gap - 1, 0), gap), ...inGap);
  }
  return order;
}

/** A longest sequence of items of the base that stand in one order on both sides. */
function backboneOf(base: readonly Id[], first: readonly Id[], second: readonly Id[]): readonly Id[] {
  const [old, others] = [new Set(base), new Set(second)];
  const shared = first.filter((id) => old.has(id) && others.has(id));
  const ranks = new Map(shared.map((id, rank) => [id, rank]));
  const rise = longestRise(second.flatMap((id) => ranks.get(id) ?? []));
  return shared.filter((_, rank) => rise[rank] === 1);
}

/** For each item that is not of the backbone, the place in that of the last item before it; 0 where there is none. */
function gapsOf(side: readonly Id[], places: ReadonlyMap<Id, number>): ReadonlyMap<Id, number> {
  const gaps = new Map<Id, number>();
  let gap = 0;
  for (const id of side) {
    const place = places.get(id);
    if (place === undefined) gaps.set(id, gap);
    else gap = place;
  }
  return gaps;
}

/** What each side has between two items of the backbone. */
interface Runs {
  readonly first: Id[];
  readonly second: Id[];
}

/** Both in one row. Items that both sides have stand in one order on both, and split the runs: else nothing. */
function join({ first, second }: Runs): readonly Id[] | undefined {
  if (first.length === 0) return second;
  if (second.length === 0) return first;
  const ends = new Set(second);
  const row: Id[] = [];
  let [some, next]: [Id[], number] = [[], 0];
  for (const id of first) {
    if (!ends.has(id)) {
      some.push(id);
      continue;
    }
    const at = second.indexOf(id, next);
    if (at < 0) return undefined;
    row.push(...inOrder(some, second.slice(next, at)), id);
    [some, next] = [[], at + 1];
  }
  row.push(...inOrder(some, second.slice(next)));
  return row;
}

function inOrder(some: readonly Id[], others: readonly Id[]): readonly Id[] {
  return isBefore(some[0], others[0]) ? [...some, ...others] : [...others, ...some];
}

/** Numbers come before texts, and nothing before either. */
function isBefore(a: Id | undefined, b: Id | undefined): boolean {
  if (a === undefined || b === undefined) return a === undefined;
  if (typeof a === "number") return typeof b === "string" || a < b;
  return typeof b === "string" && a < b;
}
