import { StoreError } from "@unclash/core";
import type { Cursor, Store } from "@unclash/core/store";

/**
 * The end of a store's log at this moment: what is committed from now on comes behind it. The place that an `EventHub`
 * knows may lie before it, since events of other processes reach that late.
 *
 * @throws StoreError where the store failed, or was closed
 */
export async function endOfLog(store: Pick<Store, "follow">): Promise<Cursor> {
  const stop = new AbortController();
  const steps = store.follow("now", stop.signal)[Symbol.asyncIterator]();
  try {
    // A place between two events, or that of the last one, comes before any event.
    const { done, value } = await steps.next();
    if (done !== true && "reset" in value) return value.reset;
    throw new StoreError("The end of the log could not be read.", "not-applied");
  } finally {
    stop.abort();
    steps.return?.()?.catch(() => undefined);
  }
}
