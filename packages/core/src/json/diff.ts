import { jsonEqual } from "./equal.js";
import type { PatchOperation } from "./patch-operation.js";
import { pointerOf } from "./pointer.js";
import { isJsonArray, isJsonObject, type Json, type JsonObject } from "./value.js";

/** How long a patch may become. */
export interface DiffLimits {
  /** Characters of its text, its values aside: what operations and their paths take. @default 262,144 */
  readonly lengthMax?: number;
}

/**
 * A JSON Patch (RFC 6902) that makes `to` of `from`, of `add`, `remove` and `replace` alone; empty where they are
 * equal. The same two values always give the same operations, in this order: objects member by member, first those of
 * `from` as they come, then the new ones of `to`. Arrays of one length are compared item by item; of others what they
 * begin and end with alike stays, and between that the old items are removed, from the last on, and the new ones added;
 * or the array is replaced, where that is more operations than it has items then.
 *
 * The work is linear in both sizes, so it is not the shortest patch: no edit distance, no moves. It recurses as deep as
 * both values go, which `checkJson` has bounded. Paths are as long as values are deep, so that many changes deep inside
 * would be a patch many times as large as both: one that would pass `lengthMax` is coarse instead, and replaces each
 * member of the two objects that differs as a whole, or the whole of anything else.
 */
export function diffJson(from: Json, to: Json, { lengthMax = 262_144 }: DiffLimits = {}): readonly PatchOperation[] {
  const fine: Run = { operations: [], lengthLeft: lengthMax, coarse: false };
  compare(from, to, [], fine);
  if (fine.lengthLeft >= 0) return fine.operations;
  const coarse: Run = { operations: [], lengthLeft: Number.POSITIVE_INFINITY, coarse: true };
  compare(from, to, [], coarse);
  return coarse.operations;
}

interface Run {
  readonly operations: PatchOperation[];
  /** Below 0 the run is given up. */
  lengthLeft: number;
  /** Nothing but the members of the two objects themselves is looked into. */
  readonly coarse: boolean;
}

type Path = (string | number)[];

/** What an operation takes besides its path and value: `{"op":"replace","path":"","value":},`. */
const operationLength = 36;

function put(run: Run, operation: PatchOperation): void {
  run.lengthLeft -= operationLength + operation.path.length;
  run.operations.push(operation);
}

function compare(from: Json, to: Json, path: Path, run: Run): void {
  if (from === to) return;
  const entered = !run.coarse || path.length === 0;
  if (entered && isJsonObject(from) && isJsonObject(to) && isDiffable(from, to, path)) {
    compareMembers(from, to, path, run);
  } else if (!run.coarse && isJsonArray(from) && isJsonArray(to)) {
    if (from.length === to.length) compareItems(from, to, path, run);
    else resize(from, to, path, run);
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
  for (const [index, name] of names.entries()) {
    if (run.lengthLeft < 0) return;
    const before = from[name];
    const after = others[index] === name || Object.hasOwn(to, name) ? to[name] : undefined;
    if (before === after || before === undefined) continue;
    path.push(name);
    if (after === undefined) put(run, { op: "remove", path: pointerOf(path) });
    else compare(before, after, path, run);
    path.pop();
  }
  for (const [index, name] of others.entries()) {
    if (run.lengthLeft < 0) return;
    const value = to[name];
    if (value === undefined || names[index] === name || Object.hasOwn(from, name)) continue;
    put(run, { op: "add", path: pointerOf([...path, name]), value });
  }
}

function compareItems(from: readonly Json[], to: readonly Json[], path: Path, run: Run): void {
  for (const [index, before] of from.entries()) {
    if (run.lengthLeft < 0) return;
    const after = to[index];
    if (before === after || after === undefined) continue;
    path.push(index);
    compare(before, after, path, run);
    path.pop();
  }
}

function resize(from: readonly Json[], to: readonly Json[], path: Path, run: Run): void {
  const shorter = Math.min(from.length, to.length);
  let start = 0;
  while (start < shorter && sameItem(from[start], to[start])) start += 1;
  let end = 0;
  while (end < shorter - start && sameItem(from[from.length - 1 - end], to[to.length - 1 - end])) end += 1;
  const array = pointerOf(path);
  if (from.length - start - end + to.length - start - end > to.length) {
    put(run, { op: "replace", path: array, value: to });
    return;
  }
  for (let index = from.length - end - 1; index >= start && run.lengthLeft >= 0; index -= 1) {
    put(run, { op: "remove", path: `${array}/${index}` });
  }
  for (const [offset, value] of to.slice(start, to.length - end).entries()) {
    if (run.lengthLeft < 0) return;
    put(run, { op: "add", path: `${array}/${start + offset}`, value });
  }
}

function sameItem(a: Json | undefined, b: Json | undefined): boolean {
  return a !== undefined && b !== undefined && jsonEqual(a, b);
}
