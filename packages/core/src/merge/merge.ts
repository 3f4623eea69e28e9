import { type Ids, idsOf } from "../json/alignment.js";
import { Interner } from "../json/interner.js";
import { pointerOf } from "../json/pointer.js";
import type { Json, JsonObject } from "../json/value.js";
import { copyJson, copySide, type Members, setMember } from "./copy.js";
import { type MergeOptions, type PreparedMerge, prepareMerge, withoutOptions } from "./options.js";
import { type Id, mergeOrder } from "./order.js";
import { type MergeSides, type PolicyRun, settle } from "./policy.js";
import { type Group, noRules, type Rule, rulesBelow, valueAtTail } from "./rules.js";
import { mergeItems } from "./sequence.js";
import { agree, areArrays, areObjects, changedByOne, isSame, type Sides, type SidesOf } from "./sides.js";

/** A place that both sides changed, each in its own way, and for which no policy had a value. */
export interface Clash extends MergeSides {}

/** What `merge` gives. */
export interface Merge {
  /** The merged value. Where something clashes it holds what `theirs` has there, which may be nothing. */
  readonly value: Json;
  /** In the order of the document. Empty where the merge is clean. */
  readonly clashes: readonly Clash[];
}

/**
 * Merges three ways: what `mine` changed of `base`, and what `theirs` changed of it, in one value. It is for a write
 * that was made from an older state than the current one: `base` is that state, `mine` what was made of it, `theirs`
 * the current one.
 *
 * - What one side changed is taken, and what both changed to the same is taken once. Numbers are equal by value, and a
 *   number is not its text; `null` is a value, and not the same as no member.
 * - Objects are merged member by member; those that both sides put where the base has nothing, too.
 * - Arrays whose items all have an `id`, a string or a number, each its own on each side: item by item. The order has
 *   what either side moved or put in; where both moved an item, to different places, the array clashes.
 * - Other arrays that both sides changed: as sequences, where that is safe, else as one value.
 * - A deletion against a change clashes; so does all else that both changed, unless a policy decides.
 *
 * The result shares no object and no array with the three values, and they are not changed. Which side is which makes
 * no difference to a clean result, but for the policies `mine`, `theirs`, `union` (in its order) and functions, and the
 * order of members.
 *
 * All three have passed `checkJson`: it recurses as deep as they go. The work is about n log n in their sizes, whatever
 * they hold: arrays and texts beyond the limits, and those that differ too much for an alignment, are one value.
 *
 * @param options Options, or what `prepareMerge` made of them, for many merges.
 * @throws TypeError where the options are at fault; CallbackError where a function gives something that is not JSON
 * @example
 * const base = { title: "Draft", tags: ["a"], stock: 5 };
 * const mine = { title: "Final", tags: ["a"], stock: 4 };
 * const theirs = { title: "Draft", tags: ["a", "b"], stock: 3 };
 * merge(base, mine, theirs, { policies: { "/stock": "sum" } });
 * // { value: { title: "Final", tags: ["a", "b"], stock: 2 }, clashes: [] }
 */
export function merge(
  base: Json,
  mine: Json,
  theirs: Json,
  options: MergeOptions | PreparedMerge = withoutOptions,
): Merge {
  const { rule, limits } = "kind" in options ? options : prepareMerge(options);
  const run: Run = {
    path: [],
    clashes: [],
    fallen: new Set(),
    interner: new Interner(),
    steps: { left: alignmentStepsMax },
    ...limits,
  };
  const value = mergeSides({ base, mine, theirs }, rule === undefined ? noRules : [rule], run);
  // Where all three sides have something, so has the result.
  return { value: value === undefined ? copyJson(theirs) : value, clashes: run.clashes };
}

/** How many steps all alignments of sequences may take together: some milliseconds. */
const alignmentStepsMax = 300_000;

interface Run extends PolicyRun {
  readonly path: (string | number)[];
  readonly clashes: Clash[];
  /** The groups in which both sides changed something, at the place that is looked at. */
  readonly fallen: Set<Group>;
  readonly itemsMax: number;
}

function mergeSides(sides: Sides, rules: readonly Rule[], run: Run): Json | undefined {
  const { mine, theirs } = sides;
  if (rules.length > 0) {
    for (const rule of rules) for (const group of rule.anchored) holdTogether(group, sides, run);
    const placed = rules.find((rule) => rule.placed !== undefined)?.placed;
    const isOneValue = placed !== undefined || !areObjects(sides);
    if (hasFallen(rules, isOneValue, run)) return isSame(mine, theirs) ? copySide(theirs) : clash(sides, run);
    if (placed !== undefined) {
      // Two that each took one from a stock came to the same number, and took two.
      const isCount = placed.policy === "sum" && typeof mine === "number" && typeof theirs === "number";
      const agreed = isCount ? changedByOne(sides) : agree(sides);
      if (agreed !== undefined) return copySide(agreed.value);
      const settled = settle(placed, sides, run, () => shown(sides, run));
      if (settled.kind === "value") return copySide(settled.value);
      if (settled.kind === "clash") return clash(sides, run);
    }
  }
  if (areObjects(sides)) return mergeMembers(sides, rules, run);
  if (areArrays(sides)) return mergeArrays(sides, rules, run);
  return asOneValue(sides, run);
}

function asOneValue(sides: Sides, run: Run): Json | undefined {
  const agreed = agree(sides);
  return agreed === undefined ? clash(sides, run) : copySide(agreed.value);
}

function clash(sides: Sides, run: Run): Json | undefined {
  run.clashes.push(shown(sides, run));
  return copySide(sides.theirs);
}

function shown({ base, mine, theirs }: Sides, run: Run): Clash {
  return {
    path: pointerOf(run.path),
    ...(base === undefined ? {} : { base: copyJson(base) }),
    ...(mine === undefined ? {} : { mine: copyJson(mine) }),
    ...(theirs === undefined ? {} : { theirs: copyJson(theirs) }),
  };
}

function mergeMembers({ base = {}, mine, theirs }: SidesOf<JsonObject>, rules: readonly Rule[], run: Run): Json {
  const merged: Members = {};
  const [before, ours, others] = [Object.keys(base), Object.keys(mine), Object.keys(theirs)];
  // Members mostly come in the same order, and then the lookups by name are not needed.
  let shared = 0;
  for (let index = 0; index < others.length; index += 1) {
    const name = others[index] ?? "";
    const old = before[index] === name || Object.hasOwn(base, name) ? base[name] : undefined;
    const own = ours[index] === name || Object.hasOwn(mine, name) ? mine[name] : undefined;
    if (own !== undefined) shared += 1;
    const value = mergeBelow(name, old, own, theirs[name], rules, run);
    if (value !== undefined) setMember(merged, name, value);
  }
  for (let index = 0; index < ours.length && shared < ours.length; index += 1) {
    const name = ours[index] ?? "";
    if (others[index] === name || Object.hasOwn(theirs, name)) continue;
    const value = mergeBelow(
      name,
      Object.hasOwn(base, name) ? base[name] : undefined,
      mine[name],
      undefined,
      rules,
      run,
    );
    if (value !== undefined) setMember(merged, name, value);
  }
  return merged;
}

/** Merges a member or an item. What is the same on two sides, as nearly all is, needs neither path nor rules. */
function mergeBelow(
  step: string | number,
  base: Json | undefined,
  mine: Json | undefined,
  theirs: Json | undefined,
  rules: readonly Rule[],
  run: Run,
): Json | undefined {
  if (rules.length === 0) {
    if (mine === theirs || mine === base) return copySide(theirs);
    if (theirs === base) return copySide(mine);
  }
  run.path.push(step);
  const value = mergeSides({ base, mine, theirs }, rulesBelow(rules, step), run);
  run.path.pop();
  return value;
}

type Arrays = SidesOf<readonly Json[]>;

function mergeArrays(arrays: Arrays, rules: readonly Rule[], run: Run): Json | undefined {
  const { base, mine, theirs } = arrays;
  const isTooLong = [base ?? [], mine, theirs].some(({ length }) => length > run.itemsMax);
  if (isTooLong) return asOneValue(arrays, run);
  const ids = { base: idsOf(base ?? []), mine: idsOf(mine), theirs: idsOf(theirs) };
  if (ids.base !== undefined && ids.mine !== undefined && ids.theirs !== undefined) {
    const merged = mergeById(arrays, { base: ids.base, mine: ids.mine, theirs: ids.theirs }, rules, run);
    return merged ?? clash(arrays, run);
  }
  const agreed = agree(arrays);
  if (agreed !== undefined) return copySide(agreed.value);
  const merged = base === undefined ? undefined : mergeSequences(arrays, run);
  return merged ?? clash(arrays, run);
}

function mergeSequences({ base = [], mine, theirs }: Arrays, { interner, steps }: Run): Json[] | undefined {
  const numbersOf = (items: readonly Json[]) => items.map((item) => interner.numberOf(item));
  const pieces = mergeItems({ base: numbersOf(base), mine: numbersOf(mine), theirs: numbersOf(theirs) }, steps);
  const sides = { base, mine, theirs };
  return pieces?.flatMap(({ side, from, to }) => sides[side].slice(from, to).map(copyJson));
}

/** Merges items by their `id`, and their order. Nothing where the order clashes: then no item's clash counts. */
function mergeById(
  { base = [], mine, theirs }: Arrays,
  ids: { readonly base: Ids; readonly mine: Ids; readonly theirs: Ids },
  rules: readonly Rule[],
  run: Run,
): Json[] | undefined {
  const clashesBefore = run.clashes.length;
  const items = new Map<Id, Json>();
  for (const [id, index] of ids.theirs) {
    const [old, ours] = [base[ids.base.get(id) ?? -1], mine[ids.mine.get(id) ?? -1]];
    const item = mergeBelow(index, old, ours, theirs[index], rules, run);
    if (item !== undefined) items.set(id, item);
  }
  for (const [id, index] of ids.mine) {
    if (ids.theirs.has(id)) continue;
    const item = mergeBelow("-", base[ids.base.get(id) ?? -1], mine[index], undefined, rules, run);
    if (item !== undefined) items.set(id, item);
  }
  const orderOf = (known: Ids) => {
    const order: Id[] = [];
    for (const id of known.keys()) if (items.has(id)) order.push(id);
    return order;
  };
  const order = mergeOrder(orderOf(ids.base), orderOf(ids.mine), orderOf(ids.theirs));
  if (order === undefined) run.clashes.length = clashesBefore;
  return order?.map((id) => items.get(id) ?? null);
}

/** Sees whether both sides changed something in a group, and not to the same. */
function holdTogether(group: Group, { base, mine, theirs }: Sides, run: Run): void {
  const places = group.tails.map((tail) => ({
    base: valueAtTail(base, tail),
    mine: valueAtTail(mine, tail),
    theirs: valueAtTail(theirs, tail),
  }));
  const isChanged =
    places.some((place) => !isSame(place.base, place.mine)) &&
    places.some((place) => !isSame(place.base, place.theirs)) &&
    places.some((place) => !isSame(place.mine, place.theirs));
  if (isChanged) run.fallen.add(group);
  else run.fallen.delete(group);
}

/** Whether a place belongs to a group that fell: it ends here, or leads on through what is not looked into. */
function hasFallen(rules: readonly Rule[], isOneValue: boolean, { fallen }: Run): boolean {
  if (fallen.size === 0) return false;
  return rules.some(
    ({ ending, passing }) =>
      (ending !== undefined && fallen.has(ending)) || (isOneValue && passing.some((group) => fallen.has(group))),
  );
}
