import { idsOf } from "../json/alignment.js";
import { canonicalJson } from "../json/canonical.js";
import { pointerOf } from "../json/pointer.js";
import { isJsonArray, isJsonObject, type Json } from "../json/value.js";
import type { Clash, Merge } from "./merge.js";
import { isSame } from "./sides.js";

type Side = Json | undefined;

/** A place on three sides and in the result. */
interface Place {
  readonly path: readonly (string | number)[];
  readonly base: Side;
  readonly mine: Side;
  readonly theirs: Side;
  readonly value: Side;
}

/**
 * The changes that a merge without policies has lost: places that are in no clash, and have something other than what
 * one side, or both, made of them. It knows nothing of how the merge is made, and takes no thought for its costs.
 */
export function lostChanges(base: Json, mine: Json, theirs: Json, { value, clashes }: Merge): readonly string[] {
  return lostAt({ path: [], base, mine, theirs, value }, clashes);
}

function lostAt(place: Place, clashes: readonly Clash[]): readonly string[] {
  const { base, mine, theirs, value } = place;
  const path = pointerOf(place.path);
  const lost = (what: string) => [`${path}: ${what}`];
  const isClash = clashes.some(
    (each) => each.path === path && isSame(each.base, base) && isSame(each.mine, mine) && isSame(each.theirs, theirs),
  );
  if (isClash) return isSame(value, theirs) ? [] : lost("a clash that holds another value than theirs");
  if (isJsonObject(mine) && isJsonObject(theirs) && (base === undefined || isJsonObject(base))) {
    if (!isJsonObject(value)) return lost("no object");
    const sides = [base ?? {}, mine, theirs, value];
    return namesOf(sides).flatMap((name) => {
      const [b, m, t, v] = sides.map((side) => (Object.hasOwn(side, name) ? side[name] : undefined));
      return lostAt({ path: [...place.path, name], base: b, mine: m, theirs: t, value: v }, clashes);
    });
  }
  const arrays = [base ?? [], mine, theirs, value].filter(isJsonArray);
  const keyed = arrays.length === 4 ? arrays.flatMap((side) => idsOf(side) ?? []) : [];
  if (keyed.length === 4) return lostItems(place, arrays, clashes).concat(lostOrder(arrays).flatMap(lost));
  const isRight = isSame(mine, theirs) || isSame(base, mine) ? isSame(value, theirs) : isSame(value, mine);
  if (isRight) return [];
  if (isSame(mine, theirs) || isSame(base, mine) || isSame(base, theirs)) return lost("another value than was made");
  if (arrays.length !== 4 || base === undefined) return lost("changed by both, and no clash");
  return lostCounts(arrays).flatMap(lost);
}

function namesOf(sides: readonly object[]): readonly string[] {
  return [...new Set(sides.flatMap((side) => Object.keys(side)))];
}

function lostItems(place: Place, arrays: readonly (readonly Json[])[], clashes: readonly Clash[]): readonly string[] {
  const ids = arrays.map((side) => new Map(idsOf(side)));
  const known = new Set(ids.flatMap((each) => [...each.keys()]));
  return [...known].flatMap((id) => {
    const [base, mine, theirs, value] = arrays.map((side, at) => side[ids[at]?.get(id) ?? -1]);
    const path = [...place.path, ids[2]?.get(id) ?? "-"];
    return lostAt({ path, base, mine, theirs, value }, clashes);
  });
}

/** Where one side moved nothing, the order is that of the other; where both have one order, it is that. */
function lostOrder(arrays: readonly (readonly Json[])[]): readonly string[] {
  const orders = arrays.map((side) => [...(idsOf(side) ?? new Map<string | number, number>()).keys()]);
  const inAll = (id: string | number) => orders.every((order) => order.includes(id));
  const [base, mine, theirs, value] = orders.map((order) => JSON.stringify(order.filter(inAll)));
  const isRight = mine === theirs || base === mine ? value === theirs : base !== theirs || value === mine;
  const [, ofMine = [], ofTheirs = [], merged = []] = orders;
  const isOf = (id: string | number) => ofMine.includes(id) || ofTheirs.includes(id);
  return [...(isRight ? [] : ["another order than was made"]), ...(merged.every(isOf) ? [] : ["an item of nobody's"])];
}

/** How often an item is there is what the one side made of it that changed that. */
function lostCounts(arrays: readonly (readonly Json[])[]): readonly string[] {
  const texts = arrays.map((side) => side.map(canonicalJson));
  return [...new Set(texts.flat())].flatMap((item) => {
    const [base, mine, theirs, value] = texts.map((side) => side.filter((each) => each === item).length);
    const isRight = base === mine ? value === theirs : base !== theirs || value === mine;
    return isRight ? [] : [`${item} is there ${value} times`];
  });
}

/** The objects and arrays in a value. */
export function containersOf(value: Json): readonly object[] {
  if (typeof value !== "object" || value === null) return [];
  return [value, ...Object.values<Json>(value).flatMap(containersOf)];
}
