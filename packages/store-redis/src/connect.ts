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
  const connecting = isIoredis(owner) ? connectIoredis(owner) : connectNodeRedis(owner);
  try {
    return await within(timeoutMs, connecting);
  } catch (error) {
    const message = error instanceof StoreError ? messageOf(error.cause) : "";
    if (!refused.test(message)) throw error;
    throw new ConfigurationError(sourceOption, `must lead to a server that lets the store in: ${message}`);
  }
}

// The user, the password or the number of the database is not accepted.
const refused = /^(WRONGPASS|NOAUTH|NOPERM|ERR (AUTH |invalid password|(invalid )?DB index))/;

/**
 * What was connected. What comes too late is ended.
 *
 * @throws StoreError where it was not, or not in time.
 */
export async function within(timeoutMs: number, connecting: Promise<RedisClient>): Promise<RedisClient> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), timeoutMs);
  });
  try {
    const client = await Promise.race([connecting, late]);
    if (client !== undefined) return client;
  } catch (error) {
    throw new StoreError(`Redis cannot be reached: ${messageOf(error)}`, "not-applied", { cause: error });
  } finally {
    clearTimeout(timer);
  }
  connecting.then(
    (client) => client.end(),
    () => {},
  );
  throw new StoreError(`Redis did not answer within ${timeoutMs} ms.`, "not-applied");
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
