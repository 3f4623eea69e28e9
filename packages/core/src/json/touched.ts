import { assertNever } from "../errors.js";
import type { PatchOperation } from "./patch-operation.js";
import { evaluatePointer, parsePointer } from "./pointer.js";
import { isJsonObject, type Json } from "./value.js";

/**
 * Which places of `theirs` the changes of `mine` meet: those that one of mine changes as well, or changes a part of, or
 * lies inside of. JSON Pointers, each once, in the order of `theirs`. Both patches are for the same document.
 *
 * An item that is added to an array or taken out of it moves those behind it, so what is touched then is the whole
 * array. A `test` touches nothing, nor does the source of a `copy`. The work is linear in the length of the paths.
 *
 * @param base That document. Without it nothing tells an array's index from an object's member whose name is a number,
 *   or `-`, and where such a member is added or removed the whole object counts as touched: too much, never too little.
 */
export function conflictingPointers(
  theirs: readonly PatchOperation[],
  mine: readonly PatchOperation[],
  base?: Json,
): readonly string[] {
  const pointers = (operation: PatchOperation) => touchedBy(operation, base);
  const touched = new Set(mine.flatMap(pointers));
  const above = new Set([...touched].flatMap(ancestors));
  const met = (pointer: string) =>
    touched.has(pointer) || above.has(pointer) || ancestors(pointer).some((ancestor) => touched.has(ancestor));
  return [...new Set(theirs.flatMap(pointers).filter(met))];
}

function touchedBy(operation: PatchOperation, base: Json | undefined): readonly string[] {
  switch (operation.op) {
    case "replace":
      return [operation.path];
    case "add":
    case "remove":
    case "copy":
      return [shiftedAt(operation.path, base)];
    case "move":
      return [shiftedAt(operation.from, base), shiftedAt(operation.path, base)];
    case "test":
      return [];
    default:
      return assertNever(operation);
  }
}

/** What changes when something is put at a place or taken from it: where that is, or may be, in an array, the array. */
function shiftedAt(pointer: string, base: Json | undefined): string {
  if (!/\/(?:0|[1-9]\d*|-)$/.test(pointer)) return pointer;
  const above = pointer.slice(0, pointer.lastIndexOf("/"));
  const parsed = parsePointer(above);
  if (base === undefined || parsed.kind === "malformed") return above;
  // An object that an earlier operation made an array of was touched by that operation.
  return isJsonObject(evaluatePointer(base, parsed.tokens)) ? pointer : above;
}

/** The pointers to all that a place lies in, the document first. */
function ancestors(pointer: string): readonly string[] {
  const above: string[] = [];
  for (let at = pointer.indexOf("/"); at >= 0; at = pointer.indexOf("/", at + 1)) above.push(pointer.slice(0, at));
  return above;
}
