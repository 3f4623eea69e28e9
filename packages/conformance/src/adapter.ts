export { listen } from "./adapter/listen.js";
export { adapterSuite } from "./adapter/suite.js";
export type { AdapterSuiteOptions, Served, Start, StartOptions } from "./adapter/suite-options.js";
export { listenHttp2 } from "./guard/listen-http2.js";
export { lifecycleSuite } from "./lifecycle/suite.js";
export type { LifecycleSuiteOptions, ServedForLife, StartForLife } from "./lifecycle/trial.js";
export {
  createHttp2StreamClient,
  type Head,
  type Opened,
  type Received,
  reading,
  type Sent,
  type StreamClient,
} from "./streams/client.js";
export { createStreamEngine, type Script, type StreamEngine } from "./streams/engine.js";
export { ProbeStream } from "./streams/probe.js";
export { type StreamSuiteOptions, streamSuite } from "./streams/suite.js";
