import type { Commit, Range, Store } from "@unclash/core/store";

/**
 * One store of two that are open on the same data: its calls go now to the one and now to the other, in an order that
 * no sequence of calls falls in with. What the older one does not know yet goes to the newer one.
 */
export function inTurn(older: Store, newer: Store): Store {
  let calls = 0;
  const next = (): Store => {
    calls++;
    return (Math.imul(calls, 0x9e3779b1) >>> 16) % 2 === 0 ? older : newer;
  };
  const forRange = (range: Range): Store => (isNew(range) ? newer : next());
  return {
    capabilities: newer.capabilities,
    read: (keys) => next().read(keys),
    commit: (commit) => (readsNew(commit) ? newer : next()).commit(commit),
    list: (range) => forRange(range).list(range),
    history: (key, request) => next().history(key, request),
    follow: (after, stop) => next().follow(after, stop),
    watch: (wake) => next().watch(wake),
    clean: (budget) => next().clean(budget),
    async close() {
      await Promise.all([older.close(), newer.close()]);
    },
  };
}

function readsNew({ reads }: Commit): boolean {
  return reads.some((reading) => "range" in reading && isNew(reading.range));
}

function isNew(range: Range): boolean {
  return "descending" in range;
}
