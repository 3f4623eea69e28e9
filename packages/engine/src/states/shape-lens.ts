import {
  canonicalJson,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  jsonEqual,
  pointerOf,
} from "@unclash/core/json";
import type { ShapeChain } from "./shape-chain.js";

/** A write by a caller of an API version whose shape is not the newest. */
export interface WriteInShape {
  /** The number of that shape. */
  readonly shape: number;
  /** The fields that it is to be applied to, in the newest shape. */
  readonly onto: JsonObject;
  /** The fields that the caller was shown, in its shape. */
  readonly shown: JsonObject;
  /** The fields that the caller wants, in its shape. */
  readonly sent: JsonObject;
}

/** What a write leaves behind, in the newest shape; or the place of an array that it can't be applied to. */
export type WrittenInShape =
  | { readonly kind: "written"; readonly fields: JsonObject }
  /**
   * The caller's version does not show all items of this array, they have no `id`, and the array was changed since it
   * was shown: which item is which can't be known. A JSON Pointer into the newest shape.
   */
  | { readonly kind: "ambiguous"; readonly pointer: string };

/**
 * Applies a write in an older shape: what it changes, against what the caller was shown, is made in `onto`, and all
 * else stays as it is, whether the caller's version shows it or not.
 *
 * - Where nothing was changed, `onto` comes back itself.
 * - Objects are compared member by member. An item of an array is known by its `id` where each has one of its own;
 *   else by its text, or by its place where it was edited.
 * - Where `onto` was changed by others, what both changed is as this caller wants it.
 *
 * @throws CallbackError from what the app's `up` or `down` threw, or returned
 */
export function writeInShape(chain: ShapeChain, { shape, onto, shown, sent }: WriteInShape): WrittenInShape {
  if (jsonEqual(shown, sent)) return { kind: "written", fields: onto };
  const seenNow = chain.convert(onto, chain.newest, shape);
  const base = chain.convert(shown, shape, chain.newest);
  const mine = chain.convert(sent, shape, chain.newest);
  const seen = jsonEqual(seenNow, shown) ? base : chain.convert(seenNow, shape, chain.newest);
  const run: Run = { path: [], ambiguous: undefined };
  const fields = writeMembers({ base, mine, seen, onto }, run);
  return run.ambiguous === undefined ? { kind: "written", fields } : { kind: "ambiguous", pointer: run.ambiguous };
}

interface Run {
  readonly path: (string | number)[];
  /** The first array of which items can't be told apart. */
  ambiguous: string | undefined;
}

/** One place of a write, in the newest shape each. */
interface Place<Value> {
  /** What the caller was shown. */
  readonly base: Value;
  /** What the caller wants. */
  readonly mine: Value;
  /** What the caller would be shown now. */
  readonly seen: Value;
  /** What is there now. */
  readonly onto: Value;
}

const nothing: JsonObject = {};

function writeValue({ base, mine, seen, onto }: Place<Json | undefined>, run: Run): Json | undefined {
  if (isSame(base, mine)) return onto;
  if (isJsonObject(mine) && isJsonObject(onto) && (base === undefined || isJsonObject(base))) {
    return writeMembers({ base: base ?? nothing, mine, seen: isJsonObject(seen) ? seen : nothing, onto }, run);
  }
  if (isJsonArray(mine) && isJsonArray(onto) && (base === undefined || isJsonArray(base))) {
    return writeItems({ base: base ?? [], mine, seen: isJsonArray(seen) ? seen : [], onto }, run);
  }
  return mine;
}

function isSame(one: Json | undefined, other: Json | undefined): boolean {
  return one === other || (one !== undefined && other !== undefined && jsonEqual(one, other));
}

/** Members keep the order that they have, and new ones follow in the order of the caller. */
function writeMembers({ base, mine, seen, onto }: Place<JsonObject>, run: Run): JsonObject {
  const names = new Set([...Object.keys(onto), ...Object.keys(mine)]);
  const members = [...names].flatMap((name) => {
    const place = { base: own(base, name), mine: own(mine, name), seen: own(seen, name), onto: own(onto, name) };
    run.path.push(name);
    const value = writeValue(place, run);
    run.path.pop();
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(members);
}

function own(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function writeItems(place: Place<readonly Json[]>, run: Run): readonly Json[] {
  const { base, mine, seen, onto } = place;
  const ids = { base: byId(base), mine: byId(mine), seen: byId(seen) ?? new Map(), onto: byId(onto) };
  if (ids.base !== undefined && ids.mine !== undefined && ids.onto !== undefined) {
    return writeById({ base: ids.base, mine: ids.mine, seen: ids.seen, onto: ids.onto }, run);
  }
  if (jsonEqual(seen, base) && base.length === onto.length) return writeByPlace(place, run);
  // Where the caller sees all that is there, nothing unseen is lost with it.
  if (jsonEqual(seen, onto)) return mine;
  run.ambiguous ??= pointerOf(run.path);
  return onto;
}

type ById = ReadonlyMap<string | number, Json>;

/** Items by their ids; nothing where one of them has none, or two have one. */
function byId(items: readonly Json[]): ById | undefined {
  const known = new Map<string | number, Json>();
  for (const item of items) {
    const id = isJsonObject(item) ? own(item, "id") : undefined;
    if ((typeof id !== "string" && typeof id !== "number") || known.has(id)) return undefined;
    known.set(id, item);
  }
  return known;
}

/**
 * Items that are there and were not shown stay: they are hidden from the caller, or were added by others. What was
 * taken out by others stays out, unless the caller edited it.
 */
function writeById({ base, mine, seen, onto }: Place<ById>, run: Run): readonly Json[] {
  const places = new Map([...onto.keys()].map((id, at) => [id, at]));
  return orderOf({ base: [...base.keys()], mine: [...mine.keys()], onto: [...onto.keys()] }).flatMap((id) => {
    // What is not there yet has no place in which anything could be ambiguous.
    run.path.push(places.get(id) ?? "-");
    const place = { base: base.get(id), mine: mine.get(id), seen: seen.get(id), onto: onto.get(id) };
    const item = writeValue(place, run);
    run.path.pop();
    return item === undefined ? [] : [item];
  });
}

type Ids = readonly (string | number)[];

/** All ids, in the order that they have now; or in the caller's, where the caller has changed the order. */
function orderOf({ base, mine, onto }: { readonly base: Ids; readonly mine: Ids; readonly onto: Ids }): Ids {
  const [shown, wanted] = [new Set(base), new Set(mine)];
  const before = base.filter((id) => wanted.has(id));
  const after = mine.filter((id) => shown.has(id));
  return before.every((id, at) => id === after[at]) ? woven(onto, mine) : woven(mine, onto);
}

/** One order, and the ids that only another one has, each behind the one that it follows there. */
function woven(main: Ids, other: Ids): Ids {
  const known = new Set(main);
  const following = new Map<string | number | undefined, (string | number)[]>();
  let before: string | number | undefined;
  for (const id of other) {
    if (known.has(id)) before = id;
    else listOf(following, before).push(id);
  }
  return [undefined, ...main].flatMap((id) => [...(id === undefined ? [] : [id]), ...(following.get(id) ?? [])]);
}

function listOf<Name, Item>(lists: Map<Name, Item[]>, name: Name): Item[] {
  const list = lists.get(name) ?? [];
  lists.set(name, list);
  return list;
}

/** The caller sees each item, and none was changed since: each one that stays keeps what the caller can't see of it. */
function writeByPlace({ base, mine, seen, onto }: Place<readonly Json[]>, run: Run): readonly Json[] {
  return sourcesOf(base, mine).map((source, at) => {
    const item = mine[at] ?? null;
    if (source === undefined) return item;
    run.path.push(source);
    const value = writeValue({ base: base[source], mine: item, seen: seen[source], onto: onto[source] }, run);
    run.path.pop();
    return value ?? item;
  });
}

/**
 * Which item of `base` each one of `mine` was: the next that is equal; else, where both are at one place from the
 * front, or from the end, the one that stood there. `undefined` for a new one.
 */
function sourcesOf(base: readonly Json[], mine: readonly Json[]): readonly (number | undefined)[] {
  // The first place of each text, and behind each place the next one of the same text.
  const firstOf = new Map<string, number | undefined>();
  const nextOf: (number | undefined)[] = base.map(() => undefined);
  for (let at = base.length - 1; at >= 0; at -= 1) {
    const text = canonicalJson(base[at] ?? null);
    nextOf[at] = firstOf.get(text);
    firstOf.set(text, at);
  }
  const isLeft = base.map(() => true);
  const sources = mine.map((item) => {
    const text = canonicalJson(item);
    const source = firstOf.get(text);
    if (source === undefined) return undefined;
    firstOf.set(text, nextOf[source]);
    isLeft[source] = false;
    return source;
  });
  const behind = base.length - mine.length;
  return sources.map((source, at) => {
    if (source !== undefined) return source;
    const edited = [at, at + behind].find((place) => isLeft[place] === true);
    if (edited !== undefined) isLeft[edited] = false;
    return edited;
  });
}
