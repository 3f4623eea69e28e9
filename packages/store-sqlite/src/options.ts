import {
  checkOptions,
  checkSource,
  isFunction,
  isTimerMs,
  type OptionRules,
  oneOf,
  wholeNumber,
} from "@unclash/core/options";
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
   * For how many milliseconds a call waits, while another process holds the file, before it gives up with a
   * `StoreError`. The wait does not block the event loop.
   *
   * @default 5_000
   */
  readonly timeoutMs?: number;
  /**
   * How many commits may wait. One more is refused with a `StoreError`.
   *
   * @default 10_000
   */
  readonly queueMax?: number;
  /**
   * `fsync`: a commit is on the disk before it is acknowledged. `process`: it survives a crash of the process, and the
   * last ones may be lost with the machine.
   *
   * @default "fsync"
   */
  readonly durability?: "fsync" | "process";
  /**
   * For how many milliseconds at most a group of commits goes on taking in more, while it holds the write lock.
   *
   * @default 5
   */
  readonly groupMaxMs?: number;
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
export interface ResolvedOptions extends Readonly<Required<SqliteSettings>> {
  readonly source: { readonly file: string } | { readonly database: SqliteDatabase };
  /** The option that leads to the file, and so is at fault where that will not do. */
  readonly sourceOption: "file" | "database";
}

const rules: OptionRules<SqliteStoreOptions> = {
  file: whyNotAFile,
  database: (value) =>
    typeof Object(value).prepare === "function"
      ? undefined
      : "must be an open connection of node:sqlite, @photostructure/sqlite or better-sqlite3",
  timeoutMs: isTimerMs,
  queueMax: wholeNumber(1),
  durability: oneOf("fsync", "process"),
  groupMaxMs: wholeNumber(1),
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
  return Object.freeze({
    sourceOption: checkSource(options, rules, "file", "database"),
    source: options.database === undefined ? { file: options.file } : { database: options.database },
    timeoutMs: options.timeoutMs ?? 5_000,
    queueMax: options.queueMax ?? 10_000,
    durability: options.durability ?? "fsync",
    groupMaxMs: options.groupMaxMs ?? 5,
    walAutocheckpointPages: options.walAutocheckpointPages ?? 4_000,
    clock: options.clock === undefined ? Date.now : checkedClock(options.clock),
  });
}

function whyNotAFile(value: unknown): string | undefined {
  if (typeof value !== "string" || value === "") return "must be the path of a file";
  // node:sqlite would take it for a URI, with settings of its own.
  if (/^file:/i.test(value)) return "must be the path of a file, not a file: URL";
  // SQLite would keep this one in memory; @unclash/memory does that better.
  return value === ":memory:" ? "must be the path of a file, not :memory:" : undefined;
}
