import type { Commit, Store } from "@unclash/core/store";

/** A store that applies nothing. */
export interface PlanningStore extends Store {
  /** What it was asked to commit, in order. */
  readonly commits: readonly Commit[];
}

/**
 * Makes a store that reads from another, and keeps the commits that it is given instead of applying them. So the
 * engine can be asked what it would write, and many of its writes can be made one commit.
 */
export function createPlanningStore(store: Store): PlanningStore {
  const commits: Commit[] = [];
  return {
    commits,
    capabilities: store.capabilities,
    read: (keys) => store.read(keys),
    list: (range) => store.list(range),
    history: (key, request) => store.history(key, request),
    async commit(commit) {
      commits.push(commit);
      return { kind: "committed", records: commit.writes.map(() => null) };
    },
    follow: (after, stop) => store.follow(after, stop),
    watch: (wake) => store.watch(wake),
    clean: async () => ({ removed: 0, more: false }),
    close: async () => {},
  };
}
