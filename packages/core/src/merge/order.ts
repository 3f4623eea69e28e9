import { longestRise } from "../json/reorder.js";

/** What tells the items of an array apart. A number is not its text. */
export type Id = string | number;

/**
 * The order of items of which each side has its own. Nothing where both sides moved one item, to different places.
 *
 * The backbone is a longest sequence that both sides have in one order. Each other item follows an item of it, on the
 * side that placed it: the one that put it in or moved it, or the only one that has it. Where both sides put items
 * after the same one, those of a side stay together, and the side comes first whose first item has the lesser `id`:
 * numbers before texts, texts by code units. So the result does not depend on which side is which.
 *
 * Each side has no `id` twice, and every item that is to stand in the result is on one side at least. The work is
 * n log n.
 */
export function mergeOrder(base: readonly Id[], mine: readonly Id[], theirs: readonly Id[]): readonly Id[] | undefined {
  const at = mine.findIndex((id, index) => id !== theirs[index]);
  if (at < 0 && mine.length === theirs.length) return theirs;
  const [id, other] = [mine[at], theirs[at]];
  const isMineFirst = id === undefined || (other !== undefined && isLess(id, other));
  return isMineFirst ? weave(base, mine, theirs) : weave(base, theirs, mine);
}

function weave(base: readonly Id[], first: readonly Id[], second: readonly Id[]): readonly Id[] | undefined {
  const backbone = commonOrder(first, second);
  const places = new Map(backbone.map((id, index) => [id, index + 1]));
  const before = gapsOf(base, places);
  const inFirst = gapsOf(first, places);
  const inSecond = gapsOf(second, places);
  const runs: { readonly first: Id[]; readonly second: Id[] }[] = [];
  for (let gap = 0; gap <= backbone.length; gap += 1) runs.push({ first: [], second: [] });
  for (const [id, gap] of inFirst) {
    const otherGap = inSecond.get(id);
    if (otherGap === undefined || otherGap === before.get(id)) runs[gap]?.first.push(id);
    else if (gap !== before.get(id)) return undefined;
  }
  for (const [id, gap] of inSecond) {
    const otherGap = inFirst.get(id);
    if (otherGap === undefined || otherGap === before.get(id)) runs[gap]?.second.push(id);
  }
  return runs.flatMap((run, gap) => {
    const [some, others] = [run.first[0], run.second[0]];
    const isInOrder = some === undefined || others === undefined || isLess(some, others);
    const inGap = isInOrder ? [...run.first, ...run.second] : [...run.second, ...run.first];
    return gap === 0 ? inGap : [...backbone.slice(gap - 1, gap), ...inGap];
  });
}

/** A longest sequence of items that stand in one order on both sides. */
function commonOrder(first: readonly Id[], second: readonly Id[]): readonly Id[] {
  const known = new Set(second);
  const shared = first.filter((id) => known.has(id));
  const ranks = new Map(shared.map((id, rank) => [id, rank]));
  const order = second.flatMap((id) => ranks.get(id) ?? []);
  const rise = longestRise(order);
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

function isLess(a: Id, b: Id): boolean {
  if (typeof a === "number") return typeof b === "string" || a < b;
  return typeof b === "string" && a < b;
}
