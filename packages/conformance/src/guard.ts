export type { Client } from "./adapter/client.js";
export { listen } from "./adapter/listen.js";
export { contentOf, headersOf } from "./adapter/message.js";
export type { Served } from "./adapter/suite-options.js";
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
export { createHttp2Client, receivedOf } from "./guard/http2-client.js";
export { listenHttp2 } from "./guard/listen-http2.js";
export { checkOptions, nativeFormat, nativeOptions, splitOptions } from "./guard/native-options.js";
export { noGuard } from "./guard/no-guard.js";
export { guardSuite } from "./guard/suite.js";
export type { GuardSuiteOptions, StartGuarded } from "./guard/suite-options.js";
export { guardTransportSuite } from "./guard/transport-suite.js";
