import { setImmediate as turn } from "node:timers/promises";
import type { Store } from "@unclash/core/store";

/**
 * A store that lets others go first: each call waits for a turn of the event loop before and after. Without it, a store
 * in memory would serve request after request, and nothing would ever happen at the same time.
 */
export function slowStore(store: Store): Store {
  const slowly = async <Result>(call: () => Promise<Result>): Promise<Result> => {
    await turn();
    const result = await call();
    await turn();
    return result;
  };
  return {
    capabilities: store.capabilities,
    read: (keys) => slowly(() => store.read(keys)),
    commit: (commit) => slowly(() => store.commit(commit)),
    list: (range) => slowly(() => store.list(range)),
    history: (key, request) => slowly(() => store.history(key, request)),
    follow: (after, stop) => store.follow(after, stop),
    watch: (wake) => store.watch(wake),
    clean: (budget) => store.clean(budget),
    close: () => store.close(),
  };
}
