import { idsOf } from "../json/alignment.js";
import { jsonEqual } from "../json/equal.js";
import { isJsonArray, isJsonObject, type Json } from "../json/value.js";
import { type Merge, merge } from "./merge.js";
import type { MergeOptions } from "./options.js";

/** A merge, or what is to be taken for one. */
export type Merger = (base: Json, mine: Json, theirs: Json, options?: MergeOptions) => Merge;

const clean = (value: Json): Merge => ({ value, clashes: [] });

/** Mergers that have a bug, by what they do wrong. */
export const bugs = {
  "forgets mine": (_base, _mine, theirs) => clean(structuredClone(theirs)),
  "takes null for absent": (base, mine, theirs, options) =>
    merge(withoutNulls(base), withoutNulls(mine), withoutNulls(theirs), options),
  "puts in twice what both put in": (base, mine, theirs, options) =>
    jsonEqual(mine, theirs) && !jsonEqual(base, mine) && isJsonArray(mine)
      ? clean([...mine, ...mine])
      : merge(base, mine, theirs, options),
  "clashes wherever both changed something": (base, mine, theirs, options) =>
    jsonEqual(base, mine) || jsonEqual(base, theirs)
      ? merge(base, mine, theirs, options)
      : { value: structuredClone(theirs), clashes: [{ path: "", base, mine, theirs }] },
  "puts what mine added first": (base, mine, theirs, options) => {
    const merged = merge(base, mine, theirs, options);
    return { ...merged, value: withFirst(merged.value, mine, base) };
  },
  "lets mine win": (base, mine, theirs) => merge(base, mine, theirs, { policies: { "": "mine" } }),
  "lets theirs win": (base, mine, theirs) => merge(base, mine, theirs, { policies: { "": "theirs" } }),
  "reports no clash": (base, mine, theirs, options) => clean(merge(base, mine, theirs, options).value),
  "keeps the order of theirs": (base, mine, theirs, options) => {
    const merged = merge(base, mine, theirs, options);
    return { ...merged, value: inOrderOf(theirs, merged.value) };
  },
  "brings back what one side took out": (base, mine, theirs, options) => {
    const merged = merge(base, mine, theirs, options);
    const { value } = merged;
    const isObject = isJsonObject(base) && isJsonObject(value);
    return isObject ? { ...merged, value: { ...structuredClone(base), ...value } } : merged;
  },
  "holds mine where it clashes": (base, mine, theirs, options) => {
    const { value, clashes } = merge(base, mine, theirs, options);
    return { clashes, value: clashes.some(({ path }) => path === "") ? structuredClone(mine) : value };
  },
  "takes a number for its text": (base, mine, theirs, options) => {
    const texts = (value: Json) => each(value, (scalar) => (typeof scalar === "number" ? String(scalar) : scalar));
    return merge(texts(base), texts(mine), texts(theirs), options);
  },
  "gives parts of theirs": (base, mine, theirs, options) => {
    const merged = merge(base, mine, theirs, options);
    return jsonEqual(merged.value, theirs) ? { ...merged, value: theirs } : merged;
  },
  "shows parts of mine": (base, mine, theirs, options) => {
    const merged = merge(base, mine, theirs, options);
    return { ...merged, clashes: merged.clashes.map((clash) => (clash.path === "" ? { ...clash, mine } : clash)) };
  },
} satisfies Record<string, Merger>;

/** A value with each of its scalars made another one. */
function each(value: Json, change: (scalar: Json) => Json): Json {
  if (isJsonArray(value)) return value.map((item) => each(item, change));
  if (!isJsonObject(value)) return change(value);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, each(member, change)]));
}

function withoutNulls(value: Json): Json {
  if (isJsonArray(value)) return value.map(withoutNulls);
  if (!isJsonObject(value)) return value;
  const there = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(there.map(([name, member]) => [name, withoutNulls(member)]));
}

/** Items with an `id` that `mine` has and the base has not come first. */
function withFirst(value: Json, mine: Json, base: Json): Json {
  const [items, ofMine, ofBase] = [value, mine, base].map((side) => (isJsonArray(side) ? idsOf(side) : undefined));
  if (!isJsonArray(value) || items === undefined) return value;
  const added = Array.from(items).filter(([id]) => ofMine?.has(id) === true && ofBase?.has(id) !== true);
  const first = new Set(added.map(([, index]) => index));
  return [...value.filter((_, index) => first.has(index)), ...value.filter((_, index) => !first.has(index))];
}

/** Items with an `id` are in the order of another array, those that it has not at the end. */
function inOrderOf(other: Json, value: Json): Json {
  if (!isJsonArray(value) || !isJsonArray(other)) return value;
  const [places, ids] = [idsOf(other), idsOf(value)];
  if (places === undefined || ids === undefined) return value;
  const known = Array.from(ids, ([id, index]) => ({
    item: value[index] ?? null,
    place: places.get(id) ?? places.size,
  }));
  return known.sort((a, b) => a.place - b.place).map(({ item }) => item);
}
