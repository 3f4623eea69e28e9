import { jsonEqual } from "./equal.js";
import type { PatchOperation } from "./patch-operation.js";
import { pointerOf } from "./pointer.js";
import { isJsonArray, isJsonObject, type Json, type JsonObject } from "./value.js";

/**
 * A JSON Patch (RFC 6902) that makes `to` of `from`, by `add`, `remove` and `replace` alone; empty if both are equal.
 * The same two values always give the same operations, in this order: objects member by member, first those of `from`
 * as they come, then the new ones of `to`. Arrays of one length are compared item by item. Of others, what they begin
 * and end with alike stays, and between that the old items are removed, from the last on, and the new ones added; or
 * the array is replaced, where that would take more operations than it has items then.
 *
 * The work is linear in both sizes, so it is not the shortest patch: no edit distance, no moves. It recurses as deep as
 * both values go, which `checkJson` has bounded.
 */
export function diffJson(from: Json, to: Json): readonly PatchOperation[] {
  const operations: PatchOperation[] = [];
  compare(from, to, [], operations);
  return operations;
}

type Path = (string | number)[];

function compare(from: Json, to: Json, path: Path, operations: PatchOperation[]): void {
  if (from === to) return;
  if (isJsonObject(from) && isJsonObject(to) && isDiffable(from, to, path)) {
    compareMembers(from, to, path, operations);
  } else if (isJsonArray(from) && isJsonArray(to)) {
    if (from.length === to.length) compareItems(from, to, path, operations);
    else resize(from, to, path, operations);
  } else if (!jsonEqual(from, to)) {
    operations.push({ op: "replace", path: pointerOf(path), value: to });
  }
}

/**
 * No path may go through `constructor` to `prototype`, though data may hold them: `applyJsonPatch` and other careful
 * programs refuse it. So where there is one, the member `constructor` is replaced as a whole.
 */
function isDiffable(from: JsonObject, to: JsonObject, path: Path): boolean {
  return path.at(-1) !== "constructor" || !(Object.hasOwn(from, "prototype") || Object.hasOwn(to, "prototype"));
}

function compareMembers(from: JsonObject, to: JsonObject, path: Path, operations: PatchOperation[]): void {
  const names = Object.keys(from);
  const others = Object.keys(to);
  // Members mostly come in the same order, and then the lookup by name is not needed.
  for (const [index, name] of names.entries()) {
    const before = from[name];
    const after = others[index] === name || Object.hasOwn(to, name) ? to[name] : undefined;
    if (before === after || before === undefined) continue;
    path.push(name);
    if (after === undefined) operations.push({ op: "remove", path: pointerOf(path) });
    else compare(before, after, path, operations);
    path.pop();
  }
  for (const [index, name] of others.entries()) {
    const value = to[name];
    if (value === undefined || names[index] === name || Object.hasOwn(from, name)) continue;
    operations.push({ op: "add", path: pointerOf([...path, name]), value });
  }
}

function compareItems(from: readonly Json[], to: readonly Json[], path: Path, operations: PatchOperation[]): void {
  for (const [index, before] of from.entries()) {
    const after = to[index];
    if (before === after || after === undefined) continue;
    path.push(index);
    compare(before, after, path, operations);
    path.pop();
  }
}

function resize(from: readonly Json[], to: readonly Json[], path: Path, operations: PatchOperation[]): void {
  const shorter = Math.min(from.length, to.length);
  let start = 0;
  while (start < shorter && sameItem(from[start], to[start])) start += 1;
  let end = 0;
  while (end < shorter - start && sameItem(from[from.length - 1 - end], to[to.length - 1 - end])) end += 1;
  const array = pointerOf(path);
  if (from.length - start - end + to.length - start - end > to.length) {
    operations.push({ op: "replace", path: array, value: to });
    return;
  }
  for (let index = from.length - end - 1; index >= start; index -= 1) {
    operations.push({ op: "remove", path: `${array}/${index}` });
  }
  for (const [offset, value] of to.slice(start, to.length - end).entries()) {
    operations.push({ op: "add", path: `${array}/${start + offset}`, value });
  }
}

function sameItem(a: Json | undefined, b: Json | undefined): boolean {
  return a !== undefined && b !== undefined && jsonEqual(a, b);
}
