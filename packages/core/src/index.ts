/** Decisions about requests: preconditions, entity-tags, header fields and problems. */
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
export { type EventStreamBlock, eventStreamText } from "./http/event-stream.js";
export { formatHttpDate, parseHttpDate, parseImfFixdate } from "./http/http-date.js";
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
export { isStreamPlan, type ResponseEnd, type ResponsePlan, type StreamPlan, textPlan } from "./http/response-plan.js";
export { contentTag, readVersionTag, type VersionTag, versionTag } from "./http/version-tag.js";
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
