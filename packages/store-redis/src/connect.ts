import { ConfigurationError, StoreError } from "@unclash/core";
import { ifInstalled, messageOf } from "@unclash/core/store";
import type { RedisClient } from "./client.js";
import { connectIoredis, type IoredisClient, isIoredis } from "./ioredis.js";
import { connectNodeRedis, type NodeRedisClient } from "./node-redis.js";
import type { ResolvedOptions } from "./options.js";

/**
 * Connects as the options say.
 *
 * @throws ConfigurationError where neither library is installed, or the server does not let the store in
 * @throws StoreError where no server answers in time
 */
export async function connect({ source, sourceOption, timeoutMs }: ResolvedOptions): Promise<RedisClient> {
  const owner = "client" in source ? source.client : await clientFor(source.url, timeoutMs);
  try {
    return await within(timeoutMs, (late) =>
      isIoredis(owner) ? connectIoredis(owner, late) : connectNodeRedis(owner, late),
    );
  } catch (error) {
    const message = error instanceof StoreError ? messageOf(error.cause) : "";
    if (!refused.test(message)) throw error;
    throw new ConfigurationError(sourceOption, `must lead to a server that lets the store in: ${message}`);
  }
}

// The user, the password or the number of the database is not accepted.
const refused = /^(WRONGPASS|NOAUTH|NOPERM|ERR (AUTH |invalid password|(invalid )?DB index))/;

/**
 * A connection that is there in time. One that is not is ended.
 *
 * @throws StoreError where there is none, with the reason
 */
export async function within(
  timeoutMs: number,
  connecting: (late: AbortSignal) => Promise<RedisClient>,
): Promise<RedisClient> {
  const late = AbortSignal.timeout(timeoutMs);
  try {
    return await connecting(late);
  } catch (error) {
    if (late.aborted) throw new StoreError(`Redis did not answer within ${timeoutMs} ms.`, "not-applied");
    throw new StoreError(`Redis cannot be reached: ${messageOf(error)}`, "not-applied", { cause: error });
  }
}

// Neither is connected: they are what the store's own connections are made after.
async function clientFor(url: string, timeoutMs: number): Promise<IoredisClient | NodeRedisClient> {
  const ioredis = await ifInstalled(() => import("ioredis"));
  const redis = ioredis === undefined ? await ifInstalled(() => import("redis")) : undefined;
  try {
    if (ioredis !== undefined) return new ioredis.Redis(url, { lazyConnect: true, connectTimeout: timeoutMs });
    if (redis !== undefined)
      return redis.createClient({ url, socket: { connectTimeout: timeoutMs, reconnectStrategy } });
  } catch (error) {
    throw new ConfigurationError("url", `must be one that can be read: ${messageOf(error)}`);
  }
  throw new ConfigurationError("url", "needs the package ioredis or the package redis: npm install ioredis");
}

function reconnectStrategy(attempts: number): number {
  return Math.min(50 * (attempts + 1), 1_000);
}
