export { listen } from "./adapter/listen.js";
export { adapterSuite } from "./adapter/suite.js";
export type { AdapterSuiteOptions, Served, Start, StartOptions } from "./adapter/suite-options.js";
