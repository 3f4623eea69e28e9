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
  const touched = new Set(touchedPlaces(mine, base));
  const above = new Set([...touched].flatMap(ancestors));
  const met = (pointer: string) =>
    touched.has(pointer) || above.has(pointer) || ancestors(pointer).some((ancestor) => touched.has(ancestor));
  return [...new Set(touchedPlaces(theirs, base).filter(met))];
}

/**
 * What a patch touches, in terms of the document that it is for. Once an operation has shifted the items of an array,
 * the indices of those that follow are no longer the document's: they touch the array.
 */
function touchedPlaces(patch: readonly PatchOperation[], base: Json | undefined): readonly string[] {
  const shifted = new Set<string>();
  return patch.flatMap((operation) =>
    pointersOf(operation).map((pointer) => {
      const whole = shifts(operation) ? shiftedAt(pointer, base) : pointer;
      const place = shifted.size === 0 ? whole : (ancestors(whole).find((each) => shifted.has(each)) ?? whole);
      if (whole !== pointer) shifted.add(place);
      return place;
    }),
  );
}

/** The places that an operation writes to. */
function pointersOf(operation: PatchOperation): readonly string[] {
  switch (operation.op) {
    case "replace":
    case "add":
    case "remove":
    case "copy":
      return [operation.path];
    case "move":
      return [operation.from, operation.path];
    case "test":
      return [];
    default:
      return assertNever(operation);
  }
}

/** Whether it puts something between the items of an array, or takes one out. */
function shifts({ op }: PatchOperation): boolean {
  return op !== "replace" && op !== "test";
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
