import type { Write } from "@unclash/core/store";
import { type Delivery, deliveryKey, deliveryWrite, readDelivery, waitingIndex } from "../delivery.js";
import { deadDelivery, isReceiving } from "./attempt-outcome.js";
import { type HeldPartition, readOwn } from "./held-partition.js";
import type { PartitionSubscriptions } from "./partition-subscriptions.js";
import type { FoundDelivery, SubscriptionQueue } from "./subscription-queue.js";

/** So many are read at once. */
const pageMax = 500;

/** So many are ended in one commit, and for one load: others of the partition wait meanwhile. */
const endedMax = { commit: 200, load: 2_000 } as const;

/** What it loads for. */
export interface WaitingSettings {
  readonly held: HeldPartition;
  readonly subscriptions: PartitionSubscriptions;
  readonly keepDeliveriesMs: number;
  /** Is called with deliveries that are dead, since nothing is sent to their subscription any more. */
  readonly onDead: (deliveries: readonly Delivery[]) => void;
}

/**
 * Reads the deliveries of a subscription that wait, from the first one on. Those are dead that nobody will send: their
 * subscription is disabled, or was enabled anew since.
 *
 * @throws StoreError where the store failed, UnreadableRecord where a newer release has written one
 */
export async function loadWaiting(settings: WaitingSettings, id: string, queue: SubscriptionQueue): Promise<void> {
  const { held, subscriptions } = settings;
  const subscription = subscriptions.find(id)?.subscription;
  if (subscription === undefined) return;
  const over: FoundDelivery[] = [];
  let isWhole = false;
  queue.beginLoad();
  try {
    let after: string | undefined;
    for (let isWanted = true; isWanted && over.length < endedMax.load; ) {
      const from = after === undefined ? {} : { after };
      const page = await held.store.list({ index: waitingIndex, from: id, to: id, limit: pageMax, ...from });
      held.clock.set(page.now);
      for (const record of page.records) {
        if (record.lapsed) continue;
        const found = { delivery: readOwn(record, readDelivery), tag: record.tag };
        const isCurrent = isReceiving(subscription) && found.delivery.generation === subscription.generation;
        if (isCurrent) isWanted = queue.offer(found, page.now, held.pace.nowMs());
        else if (!queue.isInFlight(found.delivery.event.id)) over.push(found);
        if (!isWanted) break;
      }
      after = page.next;
      isWhole = isWanted && after === undefined;
      if (after === undefined) break;
    }
  } finally {
    queue.endLoad(isWhole);
  }
  if (!isWhole && over.length >= endedMax.load) queue.reload();
  await endAll(settings, over, queue);
}

/** Ends deliveries step by step. */
async function endAll(
  { held, keepDeliveriesMs, onDead }: WaitingSettings,
  over: readonly FoundDelivery[],
  queue: SubscriptionQueue,
): Promise<void> {
  for (let from = 0; from < over.length; from += endedMax.commit) {
    let left = over.slice(from, from + endedMax.commit);
    while (left.length > 0) {
      const dead = left.map(({ delivery, tag }) => ({ delivery: deadDelivery(delivery, held.clock.now()), tag }));
      const writes = dead.map(({ delivery, tag }): Write => deliveryWrite(delivery, { tag }, keepDeliveriesMs));
      const result = await held.commit(writes);
      if (result.kind === "lost") return;
      if (result.kind === "committed") {
        onDead(dead.map(({ delivery }) => delivery));
        break;
      }
      queue.reload();
      left = left.filter(({ delivery: { subscription, event } }) => {
        return !result.keys.has(deliveryKey(subscription, event.id));
      });
    }
  }
}
