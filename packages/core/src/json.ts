/** JSON from strangers: checked, compared, patched, and written in one form. */
export { canonicalJson } from "./json/canonical.js";
export { type CheckedJson, checkJson, type JsonFault, parseJson } from "./json/check.js";
export { type DiffLimits, diffJson } from "./json/diff.js";
export { jsonEqual } from "./json/equal.js";
export type { JsonFaultCode } from "./json/fault.js";
export { defaultJsonLimits, type JsonLimits } from "./json/limits.js";
export { applyMergePatch } from "./json/merge-patch.js";
export { applyJsonPatch, defaultPatchLimits, type PatchLimits, type PatchResult } from "./json/patch.js";
export {
  type PatchError,
  type PatchErrorCode,
  type PatchOperation,
  type ReadOperation,
  type ReadPatch,
  readPatch,
} from "./json/patch-operation.js";
export { covers, evaluatePointer, formatPointer, type ParsedPointer, parsePointer, pointerOf } from "./json/pointer.js";
export { type Extent, extentOf } from "./json/size.js";
export { conflictingPointers } from "./json/touched.js";
export { isJsonArray, isJsonObject, type Json, type JsonObject } from "./json/value.js";
