import { jsonEqual } from "./equal.js";
import type { Interner } from "./interner.js";
import { commonSubsequence, type Steps } from "./subsequence.js";
import { isJsonObject, type Json } from "./value.js";

/** Which items of an array became which of another one. */
export interface Alignment {
  /** For each item of the new array: the index that it had in the old one, or -1 for one that is new. */
  readonly sources: Int32Array;
  /** The indices, in the new array, of the items that may have changed; all others with a source are equal. */
  readonly edited: readonly number[];
  /** How many items are the same ones still: those of one `id`, else those that are equal. */
  readonly kept: number;
}

/** Aligns two arrays: by their items' `id`, where all have one of their own, else as sequences. */
export function align(from: readonly Json[], to: readonly Json[], interner: Interner, steps: Steps): Alignment {
  const ids = idsOf(from);
  const others = ids && idsOf(to);
  return ids === undefined || others === undefined ? alignSequences(from, to, interner, steps) : alignById(ids, others);
}

export type Ids = ReadonlyMap<string | number, number>;

/** The index of each item by its `id`; nothing where an item has none, or two have the same. */
export function idsOf(items: readonly Json[]): Ids | undefined {
  const ids = new Map<string | number, number>();
  for (let index = 0; index < items.length; index += 1) {
    const item = items[index];
    if (!isJsonObject(item) || !Object.hasOwn(item, "id")) return undefined;
    const { id } = item;
    if ((typeof id !== "string" && typeof id !== "number") || ids.has(id)) return undefined;
    ids.set(id, index);
  }
  return ids;
}

function alignById(from: Ids, to: Ids): Alignment {
  const sources = new Int32Array(to.size).fill(-1);
  const edited: number[] = [];
  for (const [id, index] of to) {
    const source = from.get(id);
    if (source === undefined) continue;
    sources[index] = source;
    edited.push(index);
  }
  return { sources, edited, kept: edited.length };
}

/**
 * What both begin and end with alike stays, and so does a longest common subsequence of what lies between, where that
 * is found in the steps that are left. Between two items that stay, old and new ones are pairs as they come: those have
 * changed.
 */
function alignSequences(from: readonly Json[], to: readonly Json[], interner: Interner, steps: Steps): Alignment {
  const shorter = Math.min(from.length, to.length);
  let start = 0;
  while (start < shorter && same(from[start], to[start])) start += 1;
  let end = 0;
  while (end < shorter - start && same(from[from.length - 1 - end], to[to.length - 1 - end])) end += 1;
  const sources = new Int32Array(to.length).fill(-1);
  for (let index = 0; index < start; index += 1) sources[index] = index;
  for (let back = 1; back <= end; back += 1) sources[to.length - back] = from.length - back;

  const fromEnd = from.length - end;
  const toEnd = to.length - end;
  const matches = middleMatches(from.slice(start, fromEnd), to.slice(start, toEnd), interner, steps);
  for (const [old, fresh] of matches) sources[start + fresh] = start + old;
  const edited: number[] = [];
  let [nextOld, nextNew] = [start, start];
  for (const [old, fresh] of [...matches, [fromEnd - start, toEnd - start] as const]) {
    const [oldEnd, newEnd] = [start + old, start + fresh];
    for (; nextOld < oldEnd && nextNew < newEnd; nextOld += 1, nextNew += 1) {
      sources[nextNew] = nextOld;
      edited.push(nextNew);
    }
    [nextOld, nextNew] = [oldEnd + 1, newEnd + 1];
  }
  return { sources, edited, kept: start + end + matches.length };
}

/** Pairs of indices of items that are equal, both growing: none where one side has no item, or each has one. */
function middleMatches(
  from: readonly Json[],
  to: readonly Json[],
  interner: Interner,
  steps: Steps,
): readonly (readonly [number, number])[] {
  if (from.length === 0 || to.length === 0 || (from.length === 1 && to.length === 1)) return [];
  const numbered = (items: readonly Json[]) => items.map((item) => interner.numberOf(item));
  return commonSubsequence(numbered(from), numbered(to), steps);
}

function same(a: Json | undefined, b: Json | undefined): boolean {
  return a !== undefined && b !== undefined && jsonEqual(a, b);
}
