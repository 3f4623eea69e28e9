import { parsePointer } from "./pointer.js";
import { isJsonArray, isJsonObject, type Json, type JsonObject } from "./value.js";

/** An operation of a JSON Patch (RFC 6902 §4). `path` and `from` are JSON Pointers; other members are ignored. */
export type PatchOperation =
  | { readonly op: "add" | "replace" | "test"; readonly path: string; readonly value: Json }
  | { readonly op: "remove"; readonly path: string }
  | { readonly op: "move" | "copy"; readonly from: string; readonly path: string };

/** What is wrong with a patch, for the `errors` of a problem. */
export interface PatchError {
  readonly code: PatchErrorCode;
  /** A JSON Pointer into the patch: `/3/path` is the `path` of its fourth operation. */
  readonly pointer: string;
  /** A sentence. It never holds what a client sent. */
  readonly detail: string;
}

export type PatchErrorCode =
  | "malformed-patch"
  | "malformed-pointer"
  | "forbidden-key"
  | "too-many-operations"
  | "too-deep"
  | "too-many-keys"
  | "key-too-long"
  | "too-many-values";

/** An operation that has been read: its pointers are tokens. */
export type ReadOperation =
  | { readonly op: "add" | "replace" | "test"; readonly path: readonly string[]; readonly value: Json }
  | { readonly op: "remove"; readonly path: readonly string[] }
  | { readonly op: "move" | "copy"; readonly from: readonly string[]; readonly path: readonly string[] };

/** What `readPatch` gives. */
export type ReadPatch =
  | { readonly kind: "patch"; readonly operations: readonly ReadOperation[] }
  | { readonly kind: "malformed"; readonly errors: readonly PatchError[] };

/**
 * Reads a JSON Patch and says all that is wrong with it whatever document it is for: operations that are none, pointers
 * that are none, a move into what is moved (RFC 6902 §4.4), and paths through `__proto__` or `constructor/prototype`,
 * which reach an object's prototype in programs that are less careful than this one.
 */
export function readPatch(patch: Json, operationsMax: number): ReadPatch {
  if (!isJsonArray(patch)) return malformed([patchError("", "A JSON Patch is an array of operations.")]);
  if (patch.length > operationsMax) {
    const detail = `There are more than ${operationsMax} operations.`;
    return malformed([{ code: "too-many-operations", pointer: "", detail }]);
  }
  const errors: PatchError[] = [];
  const operations: ReadOperation[] = [];
  for (const [index, item] of patch.entries()) {
    const operation = readOperation(item, `/${index}`, errors);
    if (operation !== undefined) operations.push(operation);
  }
  return errors.length > 0 ? malformed(errors) : { kind: "patch", operations };
}

/** Reads one operation; what is wrong with it is added to `errors`, and then it gives `undefined`. */
function readOperation(item: Json, at: string, errors: PatchError[]): ReadOperation | undefined {
  if (!isJsonObject(item)) {
    errors.push(patchError(at, "An operation is an object."));
    return undefined;
  }
  const op = own(item, "op");
  switch (op) {
    case "add":
    case "replace":
    case "test": {
      const path = readTokens(item, "path", at, errors);
      const value = own(item, "value");
      if (value === undefined) errors.push(patchError(at, `"${op}" needs a "value".`));
      return path && value !== undefined ? { op, path, value } : undefined;
    }
    case "remove": {
      const path = readTokens(item, "path", at, errors);
      return path && { op, path };
    }
    case "move":
    case "copy": {
      const from = readTokens(item, "from", at, errors);
      const path = readTokens(item, "path", at, errors);
      if (from === undefined || path === undefined) return undefined;
      if (op === "move" && from.length < path.length && from.every((token, index) => token === path[index])) {
        errors.push(patchError(`${at}/path`, "Nothing can be moved into itself."));
      }
      return { op, from, path };
    }
    default:
      errors.push(patchError(op === undefined ? at : `${at}/op`, `"op" is one of ${operationNames}.`));
      return undefined;
  }
}

const operationNames = '"add", "remove", "replace", "move", "copy" and "test"';

function readTokens(
  operation: JsonObject,
  member: "path" | "from",
  at: string,
  errors: PatchError[],
): readonly string[] | undefined {
  const text = own(operation, member);
  if (text === undefined) {
    errors.push(patchError(at, `The operation needs a "${member}".`));
    return undefined;
  }
  const pointer = `${at}/${member}`;
  if (typeof text !== "string") {
    errors.push(patchError(pointer, `"${member}" is a JSON Pointer, a string.`));
    return undefined;
  }
  const parsed = parsePointer(text);
  if (parsed.kind === "malformed") {
    errors.push({ code: parsed.code, pointer, detail: parsed.detail });
    return undefined;
  }
  if (reachesPrototype(parsed.tokens)) {
    const detail = 'No path may go through "__proto__", or through "constructor" to "prototype".';
    errors.push({ code: "forbidden-key", pointer, detail });
    return undefined;
  }
  return parsed.tokens;
}

function reachesPrototype(tokens: readonly string[]): boolean {
  return tokens.some(
    (token, index) => token === "__proto__" || (token === "constructor" && tokens[index + 1] === "prototype"),
  );
}

function own(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function patchError(pointer: string, detail: string): PatchError {
  return { code: "malformed-patch", pointer, detail };
}

function malformed(errors: readonly PatchError[]): ReadPatch {
  return { kind: "malformed", errors };
}
