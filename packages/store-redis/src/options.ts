import { ConfigurationError } from "@unclash/core";
import {
  checkOptions,
  isBoolean,
  isFunction,
  isTimerMs,
  type OptionRules,
  oneOf,
  wholeNumber,
} from "@unclash/core/options";
import type { Capabilities } from "@unclash/core/store";
import { type IoredisClient, isIoredis } from "./ioredis.js";
import { isNodeRedis, type NodeRedisClient, type NodeRedisCluster } from "./node-redis.js";

/** Where the data are, and how the store treats them. */
export type RedisStoreOptions = RedisSource & RedisSettings;

/** A client of `ioredis` or of `redis` (node-redis), of one server, a Sentinel group or a Cluster. */
export type AnyRedisClient = IoredisClient | NodeRedisClient | NodeRedisCluster;

/** A server, or a client that is the user's. */
export type RedisSource =
  | {
      /**
       * `redis://user:password@host:port/database`, or `rediss://` for TLS. Needs `ioredis` or `redis` to be installed.
       */
      readonly url: string;
      readonly client?: never;
    }
  | {
      /**
       * A client of yours, which shows how to connect: the store makes connections of its own like it, with settings by
       * which no command is ever sent twice. Yours need not be connected, and stays as it is.
       */
      readonly client: AnyRedisClient;
      readonly url?: never;
    };

export interface RedisSettings {
  /**
   * All keys of the store begin with `{name}:`, a hash tag, so that a Cluster has them on one node. Letters, digits,
   * `-`, `_`, `.` and `:`.
   *
   * @default "unclash"
   */
  readonly name?: string;
  /**
   * For how many milliseconds a call waits for its answer before it gives up with a `StoreError`.
   *
   * @default 5_000
   */
  readonly timeoutMs?: number;
  /**
   * How many calls may wait for their answers. One more is refused with a `StoreError`.
   *
   * @default 10_000
   */
  readonly queueMax?: number;
  /**
   * What an acknowledged commit survives: `fsync` a loss of power, `process` a crash of the server (but a second of
   * commits may go with the machine), `none` neither. Say it where the server does not tell.
   *
   * @default what `CONFIG GET` tells: `fsync` for `appendfsync always`, `process` for the other settings of
   * `appendonly`,
   *   `none` without it. Where that is not allowed, at most `process`, by `INFO`.
   */
  readonly durability?: Capabilities["durability"];
  /**
   * `safe` says that there is no replica that could take over: what was acknowledged is on one server, or nowhere.
   * Refused where replicas, Sentinel or Cluster are seen: Redis replicates asynchronously.
   *
   * @default "lossy"
   */
  readonly failover?: Capabilities["failover"];
  /**
   * Goes on where the server's `maxmemory-policy` lets it remove records silently once memory is short, or cannot be
   * read. What was acknowledged can then be gone: for trying things out.
   *
   * @default false
   */
  readonly allowEvictingRedis?: boolean;
  /**
   * Gets each warning, at start-up: that acknowledged commits can be lost.
   *
   * @default process.emitWarning
   */
  readonly onWarning?: (message: string) => void;
}

/** The options, checked, with their defaults. */
export interface ResolvedOptions extends Required<Omit<RedisSettings, "durability">> {
  readonly source: { readonly url: string } | { readonly client: AnyRedisClient };
  readonly durability: Capabilities["durability"] | undefined;
}

const rules: OptionRules<RedisStoreOptions> = {
  url: (value) =>
    typeof value === "string" && /^rediss?:\/\//.test(value)
      ? undefined
      : "must be that of a server, redis:// or rediss://",
  client: (value) =>
    typeof value === "object" && value !== null && (isIoredis(value) || isNodeRedis(value))
      ? undefined
      : "must be a client of ioredis or of redis (node-redis)",
  name: (value) =>
    typeof value === "string" && /^[\w.:-]{1,128}$/.test(value)
      ? undefined
      : 'must be 1 to 128 letters, digits, "-", "_", "." and ":"',
  timeoutMs: isTimerMs,
  queueMax: wholeNumber(1),
  durability: oneOf("none", "process", "fsync"),
  failover: oneOf("safe", "lossy"),
  allowEvictingRedis: isBoolean,
  onWarning: isFunction,
};

/**
 * Checks the options and fills in the defaults.
 *
 * @throws ConfigurationError that names the option and what it may be.
 */
export function resolveOptions(options: RedisStoreOptions): ResolvedOptions {
  checkOptions<RedisStoreOptions>("", options, rules);
  const { name = "unclash", durability, failover = "lossy", allowEvictingRedis = false } = options;
  const { onWarning = warn } = options;
  const { timeoutMs = 5_000, queueMax = 10_000 } = options;
  const source = sourceOf(options);
  return Object.freeze({ source, name, durability, failover, allowEvictingRedis, onWarning, timeoutMs, queueMax });
}

function warn(message: string): void {
  process.emitWarning(message, { type: "UnclashWarning", code: "UNCLASH_REDIS_CAN_LOSE_COMMITS" });
}

function sourceOf({ url, client }: RedisStoreOptions): ResolvedOptions["source"] {
  if (client !== undefined) {
    if (url !== undefined) throw new ConfigurationError("url", "must not stand beside client");
    return { client };
  }
  if (url === undefined) {
    throw new ConfigurationError("url", "must be that of a server, redis:// or rediss://, unless client is given");
  }
  return { url };
}
