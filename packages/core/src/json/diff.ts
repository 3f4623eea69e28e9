import { align } from "./alignment.js";
import { jsonEqual } from "./equal.js";
import { Interner, TextLengths } from "./interner.js";
import type { PatchOperation } from "./patch-operation.js";
import { pointerOf } from "./pointer.js";
import { reorder } from "./reorder.js";
import type { Steps } from "./subsequence.js";
import { isJsonArray, isJsonObject, type Json, type JsonObject } from "./value.js";

/** How long a patch may become. */
export interface DiffLimits {
  /**
   * Characters of its text, its values aside: what operations and their paths take. @default the length of the text of
   * `to`, and 4,096 at least
   */
  readonly lengthMax?: number;
}

/**
 * A small JSON Patch (RFC 6902) that makes `to` of `from`, of `add`, `remove`, `replace` and `move`; empty where they
 * are equal. The same two values always give the same operations, and no member of an object that is equal in both is
 * touched.
 *
 * - Objects are compared member by member: first those of `from` as they come, then the new ones of `to`.
 * - Arrays whose items all are objects with an `id` of their own, a string or a number, are matched by it: items are
 *   removed, moved, added and edited.
 * - Other arrays are aligned as sequences: what stays is a longest common subsequence, and between two items that stay,
 *   old and new ones are compared as they come.
 * - An array is replaced as a whole where that is shorter, and no item of it stays or its operations are long.
 * - Anything else is replaced; so is a text.
 *
 * In an array, first items are removed, from the last on, then moved, then added, and at last edited: the paths of
 * edits are those of the array as it becomes.
 *
 * The work is bounded, whatever the values: it is about linear in both sizes, times their depth. Sequences that differ
 * too much for an alignment are compared place by place. It recurses as deep as both values go, which `checkJson` has
 * bounded. Paths are as long as values are deep, so that many changes deep inside would be a patch many times as large
 * as both: one that would pass `lengthMax` is coarse instead, and replaces each member of the two objects that differs
 * as a whole, or the whole of anything else.
 */
export function diffJson(from: Json, to: Json, { lengthMax }: DiffLimits = {}): readonly PatchOperation[] {
  const shared = { steps: { left: alignmentStepsMax }, interner: new Interner(), lengths: new TextLengths() };
  const more = lengthMax === undefined ? () => shared.lengths.lengthOf(to) : undefined;
  const fine: Run = { ...shared, operations: [], length: 0, lengthMax: lengthMax ?? lengthFloor, more, coarse: false };
  compare(from, to, [], fine);
  if (!isTooLong(fine)) return fine.operations;
  const lengthless = { length: 0, lengthMax: Number.POSITIVE_INFINITY, more: undefined };
  const coarse: Run = { ...shared, ...lengthless, operations: [], coarse: true };
  compare(from, to, [], coarse);
  return coarse.operations;
}

/** A patch of this many characters is never too long. */
const lengthFloor = 4_096;

/** How many steps all alignments of sequences may take together: some milliseconds. */
const alignmentStepsMax = 300_000;

/** So many characters the operations on an array may take though they are longer than the array. */
const longMax = 1_024;

interface Run {
  readonly operations: PatchOperation[];
  /** Of the operations so far, their values aside. */
  length: number;
  /** Above it the run is given up. */
  lengthMax: number;
  /** A larger maximum, which costs a look at all of `to`: asked once, where the first one is passed. */
  more: (() => number) | undefined;
  /** Nothing but the members of the two objects themselves is looked into. */
  readonly coarse: boolean;
  readonly steps: Steps;
  readonly interner: Interner;
  readonly lengths: TextLengths;
}

type Path = (string | number)[];

/** What an operation takes besides its path and value: `{"op":"replace","path":"","value":},`. */
const operationLength = 36;

function put(run: Run, operation: PatchOperation): void {
  run.length += lengthOf(operation);
  run.operations.push(operation);
}

function lengthOf(operation: PatchOperation): number {
  return operationLength + operation.path.length + ("from" in operation ? operation.from.length : 0);
}

function isTooLong(run: Run): boolean {
  if (run.length <= run.lengthMax) return false;
  if (run.more !== undefined) run.lengthMax = Math.max(run.lengthMax, run.more());
  run.more = undefined;
  return run.length > run.lengthMax;
}

function compare(from: Json, to: Json, path: Path, run: Run): void {
  if (from === to) return;
  const entered = !run.coarse || path.length === 0;
  if (entered && isJsonObject(from) && isJsonObject(to) && isDiffable(from, to, path)) {
    compareMembers(from, to, path, run);
  } else if (!run.coarse && isJsonArray(from) && isJsonArray(to)) {
    compareItems(from, to, path, run);
  } else if (!jsonEqual(from, to)) {
    put(run, { op: "replace", path: pointerOf(path), value: to });
  }
}

/**
 * No path may go through `constructor` to `prototype`, though data may hold them: `applyJsonPatch` and other careful
 * programs refuse it. So where there is one, the member `constructor` is replaced as a whole.
 */
function isDiffable(from: JsonObject, to: JsonObject, path: Path): boolean {
  return path.at(-1) !== "constructor" || !(Object.hasOwn(from, "prototype") || Object.hasOwn(to, "prototype"));
}

function compareMembers(from: JsonObject, to: JsonObject, path: Path, run: Run): void {
  const names = Object.keys(from);
  const others = Object.keys(to);
  // Members mostly come in the same order, and then the lookup by name is not needed.
  let kept = 0;
  for (let index = 0; index < names.length; index += 1) {
    if (isTooLong(run)) return;
    const name = names[index] ?? "";
    const before = from[name];
    const after = others[index] === name || Object.hasOwn(to, name) ? to[name] : undefined;
    if (after !== undefined) kept += 1;
    if (before === after || before === undefined) continue;
    path.push(name);
    if (after === undefined) put(run, { op: "remove", path: pointerOf(path) });
    else compare(before, after, path, run);
    path.pop();
  }
  for (let index = 0; index < others.length && kept < others.length; index += 1) {
    if (isTooLong(run)) return;
    const name = others[index] ?? "";
    const value = to[name];
    if (value === undefined || names[index] === name || Object.hasOwn(from, name)) continue;
    put(run, { op: "add", path: pointerOf([...path, name]), value });
  }
}

function compareItems(from: readonly Json[], to: readonly Json[], path: Path, run: Run): void {
  const array = pointerOf(path);
  const begun = { count: run.operations.length, length: run.length };
  const { sources, edited, kept } = align(from, to, run.interner, run.steps);
  let whole: number | undefined;
  const isLongerThanWhole = (length: number): boolean => {
    whole ??= operationLength + array.length + run.lengths.lengthOf(to);
    return length > whole;
  };
  const isBetterReplaced = (): boolean => {
    const length = run.length - begun.length;
    return length > longMax && isLongerThanWhole(length);
  };
  const isRearranged = rearrange({ from, to, sources, array }, run, isBetterReplaced);
  for (const index of isRearranged ? edited : []) {
    if (isBetterReplaced() || isTooLong(run)) break;
    const [before, after] = [from[sources[index] ?? -1], to[index]];
    if (before === undefined || after === undefined) continue;
    path.push(index);
    compare(before, after, path, run);
    path.pop();
  }
  const fine = run.operations.slice(begun.count);
  const isReplaced = isBetterReplaced() || (kept === 0 && fine.length > 1 && isLongerThanWhole(textLength(fine, run)));
  if (!isReplaced) return;
  run.operations.length = begun.count;
  run.length = begun.length;
  put(run, { op: "replace", path: array, value: to });
}

function textLength(operations: readonly PatchOperation[], run: Run): number {
  return operations.reduce((sum, operation) => {
    return sum + lengthOf(operation) + ("value" in operation ? run.lengths.lengthOf(operation.value) : 0);
  }, 0);
}

/** An array that is brought into another order, and where its items come from. */
interface Rearranged {
  readonly from: readonly Json[];
  readonly to: readonly Json[];
  readonly sources: Int32Array;
  /** The pointer to it. */
  readonly array: string;
}

/**
 * Brings the items that have a source to their places: the others are removed, and new ones added between them. It says
 * whether it came to the end.
 */
function rearrange({ from, to, sources, array }: Rearranged, run: Run, isGivenUp: () => boolean): boolean {
  const stays = new Uint8Array(from.length);
  for (const source of sources) if (source >= 0) stays[source] = 1;
  for (let index = from.length - 1; index >= 0; index -= 1) {
    if (stays[index] === 1) continue;
    if (isGivenUp() || isTooLong(run)) return false;
    put(run, { op: "remove", path: `${array}/${index}` });
  }
  const order = placesOf(sources, stays);
  for (const shift of order === undefined ? [] : reorder(order)) {
    if (isGivenUp() || isTooLong(run)) return false;
    put(run, { op: "move", from: `${array}/${shift.from}`, path: `${array}/${shift.to}` });
  }
  for (const [index, value] of to.entries()) {
    if (sources[index] !== -1) continue;
    if (isGivenUp() || isTooLong(run)) return false;
    put(run, { op: "add", path: `${array}/${index}`, value });
  }
  return true;
}

/** For each item that stays, in its new order, its place among them in the old one. Nothing where that is the same. */
function placesOf(sources: Int32Array, stays: Uint8Array): readonly number[] | undefined {
  if (isRising(sources)) return undefined;
  const places = new Int32Array(stays.length);
  let place = 0;
  for (let index = 0; index < stays.length; index += 1) if (stays[index] === 1) places[index] = place++;
  const order: number[] = [];
  for (const source of sources) if (source >= 0) order.push(places[source] ?? 0);
  return order;
}

function isRising(sources: Int32Array): boolean {
  let last = -1;
  for (const source of sources) {
    if (source < 0) continue;
    if (source < last) return false;
    last = source;
  }
  return true;
}
