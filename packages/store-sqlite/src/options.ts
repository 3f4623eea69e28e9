import { ConfigurationError } from "@unclash/core";
import { checkOptions, isFunction, isText, type OptionRules, oneOf, wholeNumber } from "@unclash/core/options";
import { checkedClock, type Moment } from "@unclash/core/store";
import type { SqliteDatabase } from "./driver.js";

/** Where the data are, and how the store treats them. */
export type SqliteStoreOptions = SqliteSource & SqliteSettings;

/** A file that the store opens and closes, or a connection that is the user's. */
export type SqliteSource =
  | {
      /** The path of the file. It and its folder are made where they are not there, for the process's user alone. */
      readonly file: string;
      readonly database?: never;
    }
  | {
      /**
       * A connection that was opened with `node:sqlite` (`DatabaseSync`), `@photostructure/sqlite` or `better-sqlite3`.
       * The store sets its pragmas and is its only user; `close` leaves it open.
       */
      readonly database: SqliteDatabase;
      readonly file?: never;
    };

export interface SqliteSettings {
  /**
   * `full`: a commit is on the disk before it is acknowledged. `normal`: it survives a crash of the process, and the
   * last ones may be lost with the machine.
   *
   * @default "full"
   */
  readonly synchronous?: "full" | "normal";
  /**
   * For how many milliseconds a call waits while another process holds the file, before it gives up with a
   * `StoreError`. The wait does not block the event loop.
   *
   * @default 5_000
   */
  readonly busyTimeoutMs?: number;
  /**
   * For how many milliseconds at most a group of commits goes on taking in more, while it holds the write lock.
   *
   * @default 5
   */
  readonly groupMaxMs?: number;
  /**
   * How many commits may wait. One more is refused with a `StoreError`.
   *
   * @default 10_000
   */
  readonly queueMax?: number;
  /**
   * After how many pages of 4 KiB in the write-ahead log these are copied into the file. More make such a pause rarer
   * and longer.
   *
   * @default 4_000
   */
  readonly walAutocheckpointPages?: number;
  /**
   * What time it is, in whole milliseconds since 1970. All processes on the file must have the same.
   *
   * @default Date.now
   */
  readonly clock?: () => Moment;
}

/** The options, checked, with their defaults. */
export type ResolvedOptions = SqliteSource & Readonly<Required<SqliteSettings>>;

const rules: OptionRules<SqliteStoreOptions> = {
  file: isText,
  database: (value) =>
    typeof Object(value).prepare === "function"
      ? undefined
      : "must be an open connection of node:sqlite or better-sqlite3",
  synchronous: oneOf("full", "normal"),
  busyTimeoutMs: wholeNumber(0),
  groupMaxMs: wholeNumber(1),
  queueMax: wholeNumber(1),
  walAutocheckpointPages: wholeNumber(1),
  clock: isFunction,
};

/**
 * Checks the options and fills in the defaults.
 *
 * @throws ConfigurationError that names the option and what it may be, and CallbackError for a clock that returns no
 * whole milliseconds
 */
export function resolveOptions(options: SqliteStoreOptions): ResolvedOptions {
  checkOptions<SqliteStoreOptions>("", options, rules);
  const { synchronous = "full" } = options;
  const clock = options.clock === undefined ? Date.now : checkedClock(options.clock);
  const { busyTimeoutMs = 5_000, groupMaxMs = 5, queueMax = 10_000, walAutocheckpointPages = 4_000 } = options;
  return Object.freeze({
    ...resolveSource(options),
    synchronous,
    clock,
    busyTimeoutMs,
    groupMaxMs,
    queueMax,
    walAutocheckpointPages,
  });
}

function resolveSource({ file, database }: SqliteStoreOptions): SqliteSource {
  if (database !== undefined) {
    if (file !== undefined) throw new ConfigurationError("file", "must not stand beside database");
    return { database };
  }
  if (file === undefined) throw new ConfigurationError("file", "must be the path of a file, unless database is given");
  // node:sqlite would take it for a URI, with settings of its own.
  if (/^file:/i.test(file)) throw new ConfigurationError("file", "must be the path of a file, not a file: URL");
  // SQLite would keep this one in memory; @unclash/memory does that better.
  if (file === ":memory:") throw new ConfigurationError("file", "must be the path of a file, not :memory:");
  return { file };
}
