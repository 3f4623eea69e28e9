import { assertNever } from "../errors.js";
import {
  createDraft,
  type Draft,
  findPlace,
  findPresent,
  insert,
  type NoPlace,
  remove,
  replace,
  share,
} from "./draft.js";
import { jsonEqual } from "./equal.js";
import { defaultJsonLimits } from "./limits.js";
import { type PatchError, type ReadOperation, readPatch } from "./patch-operation.js";
import { formatPointer } from "./pointer.js";
import { extentOf } from "./size.js";
import type { Json } from "./value.js";

/** How large a patch, and what comes out of it, may be. */
export interface PatchLimits {
  /** How many operations a patch may have. @default 200 */
  readonly operationsMax: number;
  /** How many bytes of UTF-8 the document's text may have afterwards. @default 1,048,576 */
  readonly bytesMax: number;
  /** As in `JsonLimits`, for the document afterwards. @default 64 */
  readonly depthMax?: number;
  /** As in `JsonLimits`, for the document afterwards. @default 10,000 */
  readonly keysMax?: number;
  /** As in `JsonLimits`, for what the patch adds. @default 1,024 */
  readonly keyLengthMax?: number;
  /** As in `JsonLimits`, for the document afterwards. @default 20,000 */
  readonly valuesMax?: number;
}

/** The limits that hold unless others are set. */
export const defaultPatchLimits: PatchLimits = Object.freeze({ operationsMax: 200, bytesMax: 1_048_576 });

/** What `applyJsonPatch` gives. All but `patched` mean that nothing was applied. */
export type PatchResult =
  | { readonly kind: "patched"; readonly value: Json }
  /** Status 400: the patch itself is wrong, or makes a document that would be refused as a body: too deep or wide. */
  | { readonly kind: "malformed"; readonly errors: readonly PatchError[] }
  /** Status 413: the document would become larger than this many bytes, or all that the patch copies is. */
  | { readonly kind: "too-large"; readonly of: "document" | "copies"; readonly bytesMax: number }
  /** Status 409: this operation (the first is 0) tested `pointer` in the document, which holds another value. */
  | { readonly kind: "test-failed"; readonly pointer: string; readonly operation: number }
  /** Status 422: a path leads to nothing in this document. Pointers lead into the patch, as those of `malformed` do. */
  | {
      readonly kind: "not-applicable";
      readonly errors: readonly { readonly pointer: string; readonly detail: string }[];
    };

/**
 * Applies a JSON Patch (RFC 6902): all of it or nothing. Document and patch have passed `checkJson`, and neither is
 * changed; the result shares with them what it can.
 *
 * - All that is wrong with the patch in itself is reported at once; else the first operation that fails.
 * - On an array, a token that is no index (`-1`, `01`, `1e1`, `name`) is `malformed-pointer`: RFC 6901 §4 allows it in
 *   no array. An index past the end, and a `test` of what is not there, are `not-applicable`; so is removing the whole.
 * - The result's size, depth and members are bounded. So is, by the same size, all that the patch copies, removed again
 *   or not: thirty copies of a document into itself would make it 2^30 times as large.
 */
export function applyJsonPatch(document: Json, patch: Json, limits: PatchLimits): PatchResult {
  const read = readPatch(patch, limits.operationsMax);
  if (read.kind === "malformed") return read;
  const run: Run = { draft: createDraft(document), limits, copiedBytes: 0 };
  for (const [index, operation] of read.operations.entries()) {
    const failure = apply(run, operation, index);
    if (failure !== undefined) return failure;
  }
  const value = run.draft.root;
  return (value === document ? undefined : resultFault(value, limits)) ?? { kind: "patched", value };
}

interface Run {
  readonly draft: Draft;
  readonly limits: PatchLimits;
  /** The bytes of all that was copied up to now. */
  copiedBytes: number;
}

/** Applies one operation to the draft, or tells why it can't be. */
function apply(run: Run, operation: ReadOperation, index: number): PatchResult | undefined {
  const { draft, limits } = run;
  const at = `/${index}/path`;
  switch (operation.op) {
    case "add":
      return add(run, operation.path, operation.value, at);
    case "replace": {
      const place = findPresent(draft, operation.path);
      if (place.kind !== "place") return refuse(place, at);
      replace(draft, place, operation.value);
      return undefined;
    }
    case "remove": {
      const place = findPresent(draft, operation.path);
      if (place.kind !== "place") return refuse(place, at);
      if (place.path.length === 0) return notApplicable("The document itself can't be removed.", at);
      remove(draft, place);
      return undefined;
    }
    case "test": {
      const place = findPresent(draft, operation.path);
      if (place.kind !== "place") return refuse(place, at);
      if (jsonEqual(operation.value, place.value)) return undefined;
      return { kind: "test-failed", pointer: formatPointer(operation.path), operation: index };
    }
    case "copy": {
      const source = findPresent(draft, operation.from);
      if (source.kind !== "place") return refuse(source, `/${index}/from`);
      run.copiedBytes += extentOf(source.value, "exactly").bytes;
      if (run.copiedBytes > limits.bytesMax) return tooLarge("copies", limits);
      share(draft, source.value);
      return add(run, operation.path, source.value, at);
    }
    case "move": {
      const source = findPresent(draft, operation.from);
      if (source.kind !== "place") return refuse(source, `/${index}/from`);
      if (formatPointer(operation.from) === formatPointer(operation.path)) return undefined;
      remove(draft, source);
      return add(run, operation.path, source.value, at);
    }
    default:
      return assertNever(operation);
  }
}

function add({ draft, limits }: Run, path: readonly string[], value: Json, at: string): PatchResult | undefined {
  const { keyLengthMax } = { ...defaultJsonLimits, ...limits };
  if ((path.at(-1) ?? "").length > keyLengthMax) {
    const detail = `The name of a member is longer than ${keyLengthMax} characters.`;
    return { kind: "malformed", errors: [{ code: "key-too-long", pointer: at, detail }] };
  }
  const place = findPlace(draft, path);
  if (place.kind !== "place") return refuse(place, at);
  insert(draft, place, value);
  return undefined;
}

function refuse(place: NoPlace, pointer: string): PatchResult {
  if (place.kind === "missing") return notApplicable(place.detail, pointer);
  return { kind: "malformed", errors: [{ code: "malformed-pointer", pointer, detail: place.detail }] };
}

function notApplicable(detail: string, pointer: string): PatchResult {
  return { kind: "not-applicable", errors: [{ pointer, detail }] };
}

/** What is wrong with the document that came out. Most are so small that their text need not be read to know. */
function resultFault(result: Json, limits: PatchLimits): PatchResult | undefined {
  const { depthMax, keysMax, valuesMax, bytesMax } = { ...defaultJsonLimits, ...limits };
  const { bytes, keys, values, depth } = extentOf(result, "at-most");
  if (depth > depthMax) {
    return outgrown("too-deep", `The document would have more than ${depthMax} levels of objects and arrays.`);
  }
  if (keys > keysMax) return outgrown("too-many-keys", `The document would have more than ${keysMax} members in all.`);
  if (values > valuesMax) {
    return outgrown("too-many-values", `The document would have more than ${valuesMax} members and items in all.`);
  }
  return bytes > bytesMax && extentOf(result, "exactly").bytes > bytesMax ? tooLarge("document", limits) : undefined;
}

function outgrown(code: "too-deep" | "too-many-keys" | "too-many-values", detail: string): PatchResult {
  return { kind: "malformed", errors: [{ code, pointer: "", detail }] };
}

function tooLarge(of: "document" | "copies", { bytesMax }: PatchLimits): PatchResult {
  return { kind: "too-large", of, bytesMax };
}
