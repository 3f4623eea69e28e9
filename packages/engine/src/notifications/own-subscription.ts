import { readByKey, type SnapshotByKey } from "../commits/snapshot.js";
import type { NotifiedExchange } from "./notified-exchange.js";
import { isSubscriptionId, ownerOf, readSubscription, subscriptionKey } from "./subscription.js";
import type { FoundSubscription } from "./subscription-writes.js";

/**
 * The caller's own subscription with this id, as it stands in a path. Another's is as one that there is not.
 *
 * @throws StoreError where the store failed
 */
export async function findOwn(exchange: NotifiedExchange, id: string): Promise<FoundSubscription | undefined> {
  if (!isSubscriptionId(id)) return undefined;
  return ownIn(exchange, await readByKey(exchange.reader, [subscriptionKey(id)]), id);
}

/** The same, in a snapshot that holds its record. */
export function ownIn(
  { actor, request }: NotifiedExchange,
  snapshot: SnapshotByKey,
  id: string,
): FoundSubscription | undefined {
  const stored = snapshot.record(subscriptionKey(id));
  if (stored === undefined || stored.deleted) return undefined;
  const subscription = readSubscription(stored);
  return subscription.owner === ownerOf(actor, request) ? { stored, subscription } : undefined;
}
