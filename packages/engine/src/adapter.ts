/** What adapters are made from: Node's request as plain data, and a plan as Node's response. */
export {
  CallbackError,
  ConfigurationError,
  isStreamPlan,
  problemTypePrefix,
  type ResponseEnd,
  type ResponsePlan,
  type StreamPlan,
  UsageError,
} from "@unclash/core";
export { checkOptions, describeValue, isBoolean, isFunction, isText, type OptionRules } from "@unclash/core/options";
export {
  type Admitted,
  admit,
  type CheckHooks,
  checkOver,
  handlerIsOver,
  isAnsweredHere,
  runGuarded,
} from "./adapter/admit.js";
export {
  assertCalledBy,
  assertEngine,
  assertHandler,
  assertNotServed,
  errorOf,
  handedOver,
} from "./adapter/arguments.js";
export { breakOff } from "./adapter/break-off.js";
export { type ContextsOfRequests, contextsOfRequests } from "./adapter/contexts-of-requests.js";
export { type ErrorFormat, errorFormatRules, problemSources } from "./adapter/error-format.js";
export {
  areAllMethods,
  checkUnguardedOptions,
  guardsBehind,
  isGuarding,
  isIdleGuard,
  isMutating,
  markGuarding,
  type UnguardedOptions,
  type UnguardedRoute,
  unchecked,
  withoutExcepted,
} from "./adapter/guarding.js";
export { httpErrorPlan } from "./adapter/http-error.js";
export { lingerOn } from "./adapter/linger.js";
export {
  belowPrefix,
  findMount,
  isPrefix,
  type MountPoint,
  normalizePrefix,
  originForm,
} from "./adapter/mount-point.js";
export { bodyLeftOn, guardFacts, type Mounted, nodeFacts } from "./adapter/node-facts.js";
export { keepOwnTag, noTag, staysUntagged } from "./adapter/own-tag.js";
export { prepareResponse, withholdTag } from "./adapter/prepare-response.js";
export { watchEnd, whenOver } from "./adapter/response-end.js";
export { type Runnable, runHandler } from "./adapter/run-handler.js";
export { samplePaths } from "./adapter/sample-paths.js";
export { forgetContent, headersBeside, outgoingHeaders, sendAnswer, sendPlan } from "./adapter/send.js";
export { streamBehindHead } from "./adapter/send-stream.js";
export { closeIdleConnections } from "./adapter/server-connections.js";
export { ownCheckOptions, sharedCheckOptions, withSharedFormat, withSharedOptions } from "./adapter/shared-options.js";
export { createShutdown, type ShutdownOptions } from "./adapter/shutdown.js";
export { dropPlan, preparePlan } from "./adapter/stream-plan.js";
export { inTurn, whenInTurn } from "./adapter/turn.js";
export { type CheckOptions, checkRequest } from "./guards/check.js";
export { type GuardAnswer, GuardError, isGuardError } from "./guards/guard-error.js";
export { checkShared as checkSharedOptions, type RouteOf } from "./guards/guard-settings.js";
export type { GuardedResponse } from "./guards/guarded-response.js";
export { warnOfEarlyAnswer, warnOfUnansweredRefusal } from "./guards/handler-warnings.js";
export { createSlot, type Slot } from "./guards/slot.js";
export { isUtf8Charset, parseMediaType } from "./http/media-type.js";
export type { RequestFacts } from "./http/request.js";
export { type ProblemSource, refusalResponse } from "./http/responses.js";
export { sentences } from "./http/sentences.js";
export type { Entered } from "./pipeline/guard.js";
export { createGuard, type GuardEngine } from "./pipeline/guard.js";
export { lifecycleOf } from "./unclash.js";
