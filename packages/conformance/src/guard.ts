export { listen } from "./adapter/listen.js";
export type { Served } from "./adapter/suite.js";
export type {
  GuardedApp,
  GuardedResource,
  GuardedRoute,
  GuardForm,
  PlainAnswer,
  PlainContext,
  PlainGuard,
  PlainHandler,
  PlainRequest,
} from "./guard/app.js";
export { checkOptions, nativeOptions } from "./guard/native-options.js";
export { noGuard } from "./guard/no-guard.js";
export { type GuardSuiteOptions, guardSuite, type StartGuarded } from "./guard/suite.js";
