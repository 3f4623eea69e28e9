export type { IoredisClient } from "./ioredis.js";
export type { NodeRedisClient, NodeRedisCluster } from "./node-redis.js";
export type { AnyRedisClient, RedisSettings, RedisSource, RedisStoreOptions } from "./options.js";
export { createRedisStore } from "./store.js";
