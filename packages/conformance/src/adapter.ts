export { listen } from "./adapter/listen.js";
export {
  type AdapterSuiteOptions,
  adapterSuite,
  type Served,
  type Start,
  type StartOptions,
} from "./adapter/suite.js";
