import { ConfigurationError } from "@unclash/core";
import {
  checkOptions,
  checkSource,
  connectionString,
  isBoolean,
  isTimerMs,
  type OptionRule,
  type OptionRules,
  oneOf,
  required,
  wholeNumber,
} from "@unclash/core/options";
import type { PostgresPool } from "./driver.js";

/** Where the data are, and how the store treats them. */
export type PostgresStoreOptions = PostgresSource & PostgresSettings;

/** A server that the store connects to, or a pool that is the user's. */
export type PostgresSource =
  | {
      /**
       * A connection string, such as `postgres://user:password@host:5432/database`. `close` ends the pool behind it.
       */
      readonly url: string;
      /**
       * How many connections to hold at most; one more where something is followed or watched.
       *
       * @default 10
       */
      readonly poolSize?: number;
      readonly pool?: never;
    }
  | {
      /**
       * A `Pool` of `pg`, shared with the app. `close` leaves it open. While something is followed or watched, one of
       * its connections is the store's alone, unless it has but one, or `notifications` is off.
       */
      readonly pool: PostgresPool;
      readonly url?: never;
      readonly poolSize?: never;
    };

export interface PostgresSettings {
  /**
   * The schema that holds the tables: 1 to 48 of `a-z`, `0-9` and `_`. Stores in two schemas share nothing.
   *
   * @default "unclash"
   */
  readonly schema?: string;
  /**
   * Whether to make the schema and bring it up to date on opening. `false` only checks it; see `migratePostgres` and
   * `postgresMigration` for doing it by another role.
   *
   * @default true
   */
  readonly migrate?: boolean;
  /**
   * How many milliseconds a call may take in all, before it is given up with a `StoreError`: waiting for a connection,
   * making one, waiting for other commits, and the work.
   *
   * @default 5_000
   */
  readonly timeoutMs?: number;
  /**
   * How many calls may wait for a connection. One more is refused with a `StoreError`.
   *
   * @default 10_000
   */
  readonly queueMax?: number;
  /**
   * `safe` where a failover loses no acknowledged commit: there is no replica to fail over to, or it is synchronous
   * (`synchronous_standby_names`). `lossy` where replicas are asynchronous. The store can't see it; it only passes it
   * on as `capabilities.failover`.
   *
   * @default "safe"
   */
  readonly failover?: "safe" | "lossy";
  /**
   * Whether processes tell each other of commits by `NOTIFY`, so that what is followed or watched comes within
   * milliseconds. Without it, or where a pooler in transaction mode loses it, each looks by itself once a second.
   *
   * @default true
   */
  readonly notifications?: boolean;
  /**
   * Whether each call's plan is kept by name on its connection: less work for the server. Only where connections are
   * sessions of their own: not through a pooler in transaction mode that does not know prepared statements. With `url`
   * such sessions also get `timeoutMs` as their `statement_timeout`.
   *
   * @default false
   */
  readonly preparedStatements?: boolean;
}

/** The options, checked, with their defaults. */
export interface ResolvedOptions extends Readonly<Required<PostgresSettings>> {
  readonly source: { readonly pool: PostgresPool } | { readonly url: string; readonly poolSize: number };
  /** The option that leads to the server, and so is at fault where that will not do. */
  readonly sourceOption: "url" | "pool";
}

const schemaRule: OptionRule = (value) =>
  typeof value === "string" && /^[a-z_][a-z0-9_]{0,47}$/.test(value) && !value.startsWith("pg_")
    ? undefined
    : "must be 1 to 48 lower-case letters, digits and _, begin with no digit, and not with pg_";

const sourceRules: OptionRules<PostgresSource> = {
  url: connectionString(
    /^(postgres(ql)?|socket):\/|^\//,
    "must be a connection string of PostgreSQL, such as postgres://user:password@host:5432/database",
  ),
  poolSize: wholeNumber(1),
  pool: (value) => (typeof Object(value).connect === "function" ? undefined : "must be a Pool of pg"),
};

const rules: OptionRules<PostgresStoreOptions> = {
  ...sourceRules,
  schema: schemaRule,
  migrate: isBoolean,
  timeoutMs: isTimerMs,
  queueMax: wholeNumber(1),
  failover: oneOf("safe", "lossy"),
  notifications: isBoolean,
  preparedStatements: isBoolean,
};

/**
 * Checks the options and fills in the defaults.
 *
 * @throws ConfigurationError that names the option and what it may be.
 */
export function resolveOptions(options: PostgresStoreOptions): ResolvedOptions {
  checkOptions<PostgresStoreOptions>("", options, rules);
  return Object.freeze({
    sourceOption: checkSource(options, rules, "url", "pool"),
    source: sourceOf(options),
    schema: options.schema ?? "unclash",
    migrate: options.migrate ?? true,
    timeoutMs: options.timeoutMs ?? 5_000,
    queueMax: options.queueMax ?? 10_000,
    failover: options.failover ?? "safe",
    notifications: options.notifications ?? true,
    preparedStatements: options.preparedStatements ?? false,
  });
}

function sourceOf(options: PostgresStoreOptions): ResolvedOptions["source"] {
  if (options.pool === undefined) return { url: options.url, poolSize: options.poolSize ?? 10 };
  if (options.poolSize !== undefined) throw new ConfigurationError("poolSize", "must not stand beside pool");
  return { pool: options.pool };
}

/** What `migratePostgres` is told: where, and as which schema. */
export type MigrationOptions = PostgresSource & Pick<PostgresSettings, "schema" | "timeoutMs">;

const migrationRules: OptionRules<MigrationOptions> = {
  ...sourceRules,
  schema: schemaRule,
  timeoutMs: isTimerMs,
};

/**
 * Checks the options of a migration and fills in the defaults.
 *
 * @throws ConfigurationError that names the option and what it may be.
 */
export function resolveMigration(options: MigrationOptions): ResolvedOptions {
  checkOptions<MigrationOptions>("", options, migrationRules);
  return resolveOptions(options);
}

/**
 * Checks the name of a schema.
 *
 * @throws ConfigurationError
 */
export function resolveSchema(schema: string): string {
  checkOptions<Pick<PostgresSettings, "schema">>("", { schema }, { schema: required(schemaRule) });
  return schema;
}
