import { setImmediate as turn } from "node:timers/promises";
import { StoreError } from "@unclash/core";
import {
  assertBudget,
  assertCommit,
  assertHistoryRequest,
  assertKeys,
  assertPosition,
  assertRange,
  Bell,
  type Commit,
  type CommitResult,
  type Store,
  Watchers,
} from "@unclash/core/store";
import { apply } from "./apply.js";
import { patiently } from "./busy.js";
import { check } from "./check.js";
import { clean } from "./clean.js";
import { follow } from "./follow.js";
import { GroupCommit } from "./group.js";
import { historyOf } from "./history.js";
import { list } from "./list.js";
import { openTables } from "./open.js";
import { type ResolvedOptions, resolveOptions, type SqliteStoreOptions } from "./options.js";
import { OtherConnections } from "./other-connections.js";
import { read } from "./read.js";
import type { Tables } from "./tables.js";

/**
 * Opens a store in one SQLite file, which the processes of one host may use at once. Its folder, itself and its tables
 * are made where they are not there. Commits that wait together share one fsync, and are acknowledged after it. `close`
 * closes a `file`, and leaves a `database` open.
 *
 * Its methods reject with a `TypeError` for what no store can carry out (see `assertCommit` in `@unclash/core/store`),
 * and with a `StoreError` after `close`, where the disk failed, or where another process kept the file locked for
 * `timeoutMs`.
 *
 * @throws ConfigurationError that names the option at fault: also for a file that can't be opened, is not a store's, or
 *   a newer release's, and where no SQLite for it is installed
 * @throws StoreError where another process kept the file locked for `timeoutMs`
 * @example const store = await createSqliteStore({ file: "data/api.db" });
 */
export async function createSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const resolved = resolveOptions(options);
  return storeOn(await openTables(resolved), resolved);
}

function storeOn(tables: Tables, resolved: ResolvedOptions): Store {
  const { clock, timeoutMs } = resolved;
  const group = new GroupCommit(tables, resolved, decide, announce);
  const bell = new Bell();
  const watchers = new Watchers(setImmediate);
  const others = new OtherConnections(tables.database, () => {
    bell.ring();
    watchers.noteAny();
  });
  let closing: Promise<void> | undefined;

  function decide(commit: Commit): CommitResult {
    const now = clock();
    const found = check(commit, tables, now);
    if (found.kind === "clash") return found;
    return { kind: "committed", records: apply(commit, found.heads, tables, now) };
  }

  function announce(commit: Commit): void {
    if (commit.events.length > 0) bell.ring();
    watchers.note(commit);
  }

  function assertOpen(): void {
    if (closing !== undefined) throw new StoreError("The SQLite store is closed.", "not-applied");
  }

  async function end(): Promise<void> {
    bell.silence();
    others.end();
    await group.drained();
    watchers.clear();
    const { database } = tables;
    try {
      // Leaves little to do for whoever opens the file next. It is all as safe where another process is in the way.
      database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch {}
    if ("file" in resolved.source) database.close();
  }

  return {
    capabilities: {
      durability: resolved.durability,
      failover: "safe",
      processes: "host",
    },
    async read(keys) {
      assertKeys(keys);
      assertOpen();
      return patiently(() => read(keys, tables, clock()), timeoutMs);
    },
    async commit(commit) {
      assertCommit(commit);
      for (const reading of commit.reads) if ("range" in reading) assertPosition(reading.range);
      assertOpen();
      return group.submit(commit);
    },
    async list(range) {
      assertRange(range);
      assertPosition(range);
      assertOpen();
      return patiently(() => list(range, tables, clock()), timeoutMs);
    },
    async history(key, request) {
      assertHistoryRequest(key, request);
      assertOpen();
      return patiently(() => historyOf(key, request, tables, clock()), timeoutMs);
    },
    follow(after, stop) {
      assertOpen();
      return follow(after, { tables, bell, others, timeoutMs }, stop);
    },
    watch(wake) {
      assertOpen();
      const remove = watchers.add(wake);
      const endListening = others.listen(false);
      return () => {
        remove();
        endListening();
      };
    },
    async clean(budget) {
      assertBudget(budget);
      assertOpen();
      const step = await patiently(() => clean(budget, tables, clock()), timeoutMs);
      // Whoever cleans step by step until there is no more lets commits in between.
      await turn();
      return step;
    },
    async close() {
      closing ??= end();
      await closing;
    },
  };
}
