export { type StoreContext, type StoreSuiteOptions, storeSuite } from "./store/suite.js";
export { createTestClock, type TestClock } from "./store/test-clock.js";
