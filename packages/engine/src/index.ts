export { type Actor, type Identify, type Identity, RefusedCredentials, refuse } from "./access/actor.js";
export type { Action, Authorize, KnownResource, Verdict } from "./access/authorize.js";
export { authorizeByDefault } from "./access/authorize.js";
export { type Decision, decisionChannel, type Observer } from "./access/observe.js";
export type { Settlement, StaleWrite, Strategy, StrategyFunction } from "./conflicts/strategy.js";
export type {
  ContextOf,
  GuardContext,
  ListPage,
  PageContent,
  PageOptions,
  Preference,
  WriteOutcome,
} from "./guards/guard-context.js";
export { type GuardAnswer, GuardError, isGuardError } from "./guards/guard-error.js";
export type { GuardOptions, SharedGuardOptions } from "./guards/guard-options.js";
export type { GuardReport } from "./guards/guard-report.js";
export type { SettledWrite } from "./guards/stale-write.js";
export { allowedHeaders, exposedHeaders } from "./http/cors.js";
export type { Decoding } from "./http/decode.js";
export { formatCursor, listText, nextLink, type PageRequest, type PageSizes, readPaging } from "./http/paging.js";
export type { ContentRoom, ReadBody, RequestBody, RequestFacts, RequestHeaders } from "./http/request.js";
export type { RequestLimits } from "./http/request-limits.js";
export type { GuardIdempotency } from "./idempotency/guard-keeping.js";
export type { IdempotencyOptions } from "./idempotency/keeping.js";
export type { AnonymousCaller } from "./idempotency/scope.js";
export type { UnclashOptions } from "./options.js";
export type { NamedState } from "./preconditions/named-state.js";
export type { StrategyName } from "./preconditions/preferences.js";
export { type CollectionOptions, collection, type FieldName } from "./resources/collection-options.js";
export type { ReferenceOptions } from "./resources/references.js";
export type { ChangeRule, FieldChange, StateFault, StateRule } from "./resources/transitions.js";
export { type ContentDigest, contentDigest } from "./states/digest.js";
export type {
  Awaitable,
  Loaded,
  LoadedState,
  StateVersion,
  Unloaded,
  ValueOf,
  VersionedRow,
  VersionOf,
} from "./states/loaded-state.js";
export type { Schema } from "./states/schema.js";
export { createUnclash, type Unclash } from "./unclash.js";
