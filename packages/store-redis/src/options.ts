import {
  checkOptions,
  checkSource,
  connectionString,
  isBoolean,
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
}

/** The options, checked, with their defaults. */
export interface ResolvedOptions extends Required<Omit<RedisSettings, "durability">> {
  readonly source: { readonly url: string } | { readonly client: AnyRedisClient };
  /** The option that leads to the server, and so is at fault where that will not do. */
  readonly sourceOption: "url" | "client";
  readonly durability: Capabilities["durability"] | undefined;
}

const rules: OptionRules<RedisStoreOptions> = {
  // ioredis would ask for a database of another name, and end the process once the server refuses that.
  url: connectionString(
    /^rediss?:\/\/[^/?#]*(\/[0-9]*)?(\?.*)?$/,
    "must be a URL of Redis, such as redis://user:password@host:6379/0, or rediss:// for TLS",
  ),
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
};

/**
 * Checks the options and fills in the defaults.
 *
 * @throws ConfigurationError that names the option and what it may be.
 */
export function resolveOptions(options: RedisStoreOptions): ResolvedOptions {
  checkOptions<RedisStoreOptions>("", options, rules);
  return Object.freeze({
    sourceOption: checkSource(options, rules, "url", "client"),
    source: options.client === undefined ? { url: options.url } : { client: options.client },
    name: options.name ?? "unclash",
    timeoutMs: options.timeoutMs ?? 5_000,
    queueMax: options.queueMax ?? 10_000,
    durability: options.durability,
    failover: options.failover ?? "lossy",
    allowEvictingRedis: options.allowEvictingRedis ?? false,
  });
}
