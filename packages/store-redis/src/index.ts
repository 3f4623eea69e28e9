export type { RedisStoreOptions } from "./options.js";
export { createRedisStore } from "./store.js";
