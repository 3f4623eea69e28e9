import { StoreError } from "@unclash/core";
import type { Commit, CommitResult, Store } from "@unclash/core/store";

/** A store as one process has it: what it writes is counted, and it can be cut off. */
export interface WatchedStore {
  readonly store: Store;
  /** Resolves once a renewal is done that has not been so far. */
  renewal(): Promise<void>;
  /** `failing`: every call is refused. `gone`: none is ever answered, as for a process that is no more. */
  set(state: "working" | "failing" | "gone"): void;
}

/**
 * @param base is shared by several processes, and outlives them
 * @param patienceMs how long to wait for a renewal before it counts as missing
 */
export function watchedStore(base: Store, patienceMs: number): WatchedStore {
  let state: "working" | "failing" | "gone" = "working";
  let waiting: (() => void)[] = [];
  const reached = async <Result>(call: () => Promise<Result>): Promise<Result> => {
    if (state === "failing") throw new StoreError("The store is down.", "not-applied");
    if (state === "gone") return new Promise<Result>(() => {});
    return call();
  };
  const commit = async (given: Commit): Promise<CommitResult> => {
    const result = await reached(() => base.commit(given));
    if (given.writes.some((write) => "extendMs" in write)) {
      const woken = waiting;
      waiting = [];
      for (const wake of woken) wake();
    }
    return result;
  };
  return {
    store: {
      capabilities: base.capabilities,
      read: (keys) => reached(() => base.read(keys)),
      commit,
      list: (range) => reached(() => base.list(range)),
      history: (key, request) => base.history(key, request),
      follow: (after, stop) => base.follow(after, stop),
      watch: (wake) => base.watch(wake),
      clean: (budget) => base.clean(budget),
      close: async () => {},
    },
    renewal: () =>
      new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error("The lease was not renewed.")), patienceMs);
        waiting.push(() => {
          clearTimeout(late);
          resolve();
        });
      }),
    set(next) {
      state = next;
    },
  };
}
