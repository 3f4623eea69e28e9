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
  type Capabilities,
  type CommitView,
  clashesOf,
  type Store,
  type StoredRecord,
  Watchers,
} from "@unclash/core/store";
import { applyWrites } from "./apply.js";
import { clean } from "./clean.js";
import { asRead } from "./entry.js";
import { EventLog } from "./events.js";
import { follow } from "./follow.js";
import { historyOf } from "./history.js";
import { list } from "./list.js";
import { type MemoryStoreOptions, resolveOptions } from "./options.js";
import { Records } from "./records.js";
import { viewOf } from "./view.js";

interface Held {
  readonly records: Records;
  readonly events: EventLog;
  readonly view: CommitView<StoredRecord>;
}

const capabilities: Capabilities = { durability: "none", failover: "safe", processes: "one" };

/**
 * Opens a store that keeps everything in this process and loses it with it: for tests, for trying things out, and for
 * what may be lost. It is the reference implementation of the port. A commit is one synchronous step. It is the store
 * itself that comes back, and no promise; `await` it all the same, so that another store can take its place.
 *
 * Its methods reject with a `TypeError` for what no store can carry out (see `assertCommit` in `@unclash/core/store`),
 * and with a `StoreError` after `close`, which forgets everything.
 *
 * @example const store = await createMemoryStore();
 * @throws ConfigurationError that names the option at fault, and CallbackError for a clock that returns no whole
 * milliseconds
 */
export function createMemoryStore(options: MemoryStoreOptions = {}): Store {
  const { clock } = resolveOptions(options);
  const bell = new Bell();
  const watchers = new Watchers(setImmediate);
  const kept = new Records();
  let held: Held | undefined = { records: kept, events: new EventLog(), view: viewOf(kept) };
  let revision = 0;

  function opened(): Held {
    if (held === undefined) throw new StoreError("The memory store is closed.", "not-applied");
    return held;
  }

  return {
    capabilities,
    async read(keys) {
      assertKeys(keys);
      const { records } = opened();
      const now = clock();
      const read = keys.map((key) => {
        const entry = records.get(key);
        return entry === undefined ? undefined : asRead(entry, now);
      });
      return { now, records: read };
    },
    async commit(commit) {
      assertCommit(commit);
      const { records, events, view } = opened();
      const now = clock();
      const heads = commit.writes.map(({ key }) => view.current(key));
      const clashes = clashesOf(commit, heads, view, now);
      if (clashes.length > 0) return { kind: "clash", clashes };
      revision++;
      const written = applyWrites(commit, records, revision, now);
      events.add(commit, revision);
      if (commit.events.length > 0) bell.ring();
      watchers.note(commit);
      return { kind: "committed", records: written };
    },
    async list(range) {
      assertRange(range);
      assertPosition(range);
      return list(range, opened().records, clock());
    },
    async history(key, request) {
      assertHistoryRequest(key, request);
      return historyOf(opened().records.get(key), request, clock());
    },
    follow(after, stop) {
      return follow(after, opened().events, bell, stop);
    },
    watch(wake) {
      opened();
      return watchers.add(wake);
    },
    async clean(budget) {
      assertBudget(budget);
      const { records, events } = opened();
      const step = clean(budget, records, events, clock());
      // Whoever cleans step by step until there is no more lets commits in between.
      await turn();
      return step;
    },
    async close() {
      held = undefined;
      bell.silence();
      watchers.clear();
    },
  };
}
