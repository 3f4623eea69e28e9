export { type Actor, type Identify, type Identity, RefusedCredentials, refuseCredentials } from "./access/actor.js";
export type { Authorize, KnownResource } from "./access/authorize.js";
export { type Action, authorizeByDefault } from "./access/default-permissions.js";
export type { ConflictFacts, RequestDecision } from "./access/request-decision.js";
export type { HousekeepingDecision, KindReport } from "./commits/housekeeping-report.js";
export type { LifecycleState } from "./commits/lifecycle.js";
export type {
  AppliedResolution,
  GuardedConflict,
  GuardedConflictOptions,
  GuardedConflicts,
} from "./conflicts/records/guarded-conflicts.js";
export type { Strategy, StrategyFunction } from "./conflicts/strategy.js";
export { type Decision, onDecision } from "./decision.js";
export type {
  ContextOf,
  GuardContext,
  ListPage,
  PageContent,
  Preference,
  WriteOutcome,
} from "./guards/guard-context.js";
export { type GuardAnswer, GuardError, isGuardError } from "./guards/guard-error.js";
export type { GuardOptions, SharedGuardOptions } from "./guards/guard-options.js";
export type { GuardReport } from "./guards/guard-report.js";
export { allowedHeaders, exposedHeaders } from "./http/cors.js";
export type { RequestFacts } from "./http/request.js";
export type { RequestLimits } from "./http/request-limits.js";
export type { GuardIdempotency } from "./idempotency/guard-keeping.js";
export type { NotificationLimits, NotificationOptions } from "./notifications/options.js";
export type { StreamDecision } from "./notifications/stream-decision.js";
export { decisionChannel } from "./observing/observer.js";
export type { UnclashOptions } from "./options.js";
export { type CollectionOptions, collection } from "./resources/collection-options.js";
export type { ChangeRule, StateRule } from "./resources/transitions.js";
export {
  type ApiVersion,
  type ApiVersionOptions,
  type ApiVersions,
  type ApiVersionsOptions,
  apiVersions,
} from "./states/api-versions.js";
export type { Loaded, LoadedState, StateVersion, Unloaded, VersionedRow } from "./states/loaded-state.js";
export type { Schema } from "./states/schema.js";
export type { ShapeStep, StepOptions } from "./states/shape-step.js";
export { createUnclash, type Unclash } from "./unclash.js";
export type { ApiVersionCaller, ApiVersionUse } from "./versions/api-version-uses.js";
export type { BlockedResource, MigrationOptions, MigrationProgress } from "./versions/migrate.js";
