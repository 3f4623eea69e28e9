import { StoreError } from "@unclash/core";
import type { Commit, CommitResult, Key, Store } from "@unclash/core/store";

/**
 * A store that fails where the end of a key asks for it, and else does what the one underneath does:
 *
 * - `-unread` can't be read
 * - `-unwritten` is not written
 * - `-unknown` is not written either, and nobody says so
 * - `-acknowledgement-lost` is written, and nobody says so
 * - `-broken` makes the store throw what no store should
 * - `-backwards` is read by a clock that goes back by a second each time
 */
export function faultyStore(store: Store): Store {
  let backMs = 0;
  return {
    capabilities: store.capabilities,
    read: async (keys) => {
      if (keys.some((key) => key.endsWith("-unread"))) throw new StoreError("not reached", "not-applied");
      if (keys.some((key) => key.endsWith("-broken"))) throw new Error("a fault of the store's own");
      const snapshot = await store.read(keys);
      if (!keys.some((key) => key.endsWith("-backwards"))) return snapshot;
      backMs += 1_000;
      return { ...snapshot, now: snapshot.now - backMs };
    },
    commit: (commit) => commitOrFail(store, commit),
    list: (range) => store.list(range),
    history: (key, request) => store.history(key, request),
    follow: (after, stop) => store.follow(after, stop),
    watch: (wake) => store.watch(wake),
    clean: (budget) => store.clean(budget),
    close: () => store.close(),
  };
}

async function commitOrFail(store: Store, commit: Commit): Promise<CommitResult> {
  const writes = (end: string): boolean => commit.writes.some(({ key }: { readonly key: Key }) => key.endsWith(end));
  if (writes("-unwritten")) throw new StoreError("not reached", "not-applied");
  if (writes("-unknown")) throw new StoreError("cut off", "unknown");
  const result = await store.commit(commit);
  if (writes("-acknowledgement-lost")) throw new StoreError("cut off", "unknown");
  return result;
}
