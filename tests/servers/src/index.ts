export { type OwnedProcess, startOwned } from "./owned-process.js";
export { type PostgresServer, type PostgresSettings, postgresBinaries, startPostgres } from "./postgres.js";
export { quickFolder } from "./quick-folder.js";
export { type RedisServer, type RedisSettings, redisBinary, startRedis } from "./redis.js";
export { postgresUrl, redisUrl } from "./urls.js";
