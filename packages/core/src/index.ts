export * from "./errors.js";
export {
  type ConditionError,
  type ConditionFacts,
  namesOtherVersions,
  type ParsedConditions,
  parseConditions,
  unsupportedConditions,
} from "./http/conditions.js";
export {
  type EntityTag,
  type EntityTagLimits,
  type EntityTagList,
  formatEntityTag,
  type MalformedEntityTagList,
  parseEntityTag,
  parseEntityTagList,
  strongMatch,
  unproxied,
  weakMatch,
} from "./http/entity-tag.js";
export { formatHttpDate, parseHttpDate } from "./http/http-date.js";
export { idempotencyKeyBytesMax, type ParsedIdempotencyKey, parseIdempotencyKey } from "./http/idempotency-key.js";
export {
  type Preferences,
  type PreferLimits,
  parsePrefer,
  preferredReturn,
  preferredWaitSeconds,
} from "./http/prefer.js";
export {
  createProblem,
  isProblemSlug,
  type Problem,
  type ProblemEntry,
  type ProblemRequest,
  type ProblemSlug,
  problemSlugs,
  problemTypePrefix,
} from "./http/problem.js";
export type { ResponsePlan } from "./http/response-plan.js";
export { contentTag, readVersionTag, type VersionTag, versionTag } from "./http/version-tag.js";
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
export {
  anything,
  checkMembers,
  checkOptions,
  describeValue,
  either,
  isBoolean,
  isFunction,
  isPromise,
  isText,
  listOf,
  nearestName,
  type OptionRule,
  type OptionRules,
  oneOf,
  required,
  unknownName,
  wholeNumber,
} from "./options/check-options.js";
export {
  type Conditions,
  type CurrentState,
  evaluatePreconditions,
  type FailedCondition,
  type PreconditionDecision,
  type RangeCondition,
  type RequirementOptions,
  satisfiesRequirement,
} from "./precondition.js";
export { type IdFault, idBytesMax, idFault, resourceKey } from "./resource-key.js";
export { Bell } from "./store/bell.js";
export { type CommitView, clashesOf } from "./store/clashes.js";
export { checkedClock } from "./store/clock.js";
export { compareCodePoints } from "./store/code-points.js";
export { type EventPlace, formatCursor, parseCursor } from "./store/cursor.js";
export { type ComparedState, hasLapsed, isMet, isTombstone } from "./store/expectation.js";
export { asStoreError, messageOf } from "./store/failure.js";
export * from "./store/misuse.js";
export { countOnPage, pageBytesOf } from "./store/pages.js";
export type * from "./store/port.js";
export {
  assertPosition,
  childrenOf,
  depthOf,
  formatPosition,
  indexStartOf,
  isBefore,
  notAPosition,
  type Position,
  parentOf,
  parsePosition,
} from "./store/positions.js";
export { type KeptPast, keptPastOf, modifiedAtOver } from "./store/states.js";
export { type HolderOf, uniqueClashes } from "./store/unique-clashes.js";
export { type Wake, Watchers } from "./store/watchers.js";
