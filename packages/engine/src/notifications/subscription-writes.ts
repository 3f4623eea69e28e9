import type { Key, StoredRecord, Write } from "@unclash/core/store";
import type { CommitPart } from "../commits/commit-parts.js";
import type { SnapshotByKey } from "../commits/snapshot.js";
import { type Refused, refused } from "../http/refusal.js";
import { sentences } from "../http/sentences.js";
import type { NotificationLimits } from "./options.js";
import {
  epochKey,
  partitionOf,
  type Subscription,
  subscriberKey,
  subscriptionKey,
  subscriptionText,
} from "./subscription.js";
import { callbackHostKey, countWrite, idsWrite, readCount, readIds } from "./subscription-caps.js";

/** What a write of a subscription adds to its commit, or why its client may not have one more. */
export type PlannedSubscription = { readonly kind: "planned"; readonly part: CommitPart } | Refused;

/** The caps that a write of a subscription is held against. */
export type SubscriptionCaps = Pick<NotificationLimits, "subscriptionsPerClientMax" | "subscriptionsPerHostMax">;

/** A subscription as it was found. */
export interface FoundSubscription {
  readonly stored: StoredRecord;
  readonly subscription: Subscription;
}

/** The keys that must be in the snapshot for {@link planCreation}, and for {@link planRemoval}. */
export function capKeys({
  owner,
  callback,
}: {
  readonly owner: string;
  readonly callback?: { readonly url: string } | undefined;
}): readonly Key[] {
  return [subscriberKey(owner), ...hostKeys(callback?.url)];
}

/** The keys that must be in the snapshot for {@link planChange} where a callback moves. */
export function changeKeys(from: string | undefined, to: string | undefined): readonly Key[] {
  return [...new Set([...hostKeys(from), ...hostKeys(to)])];
}

function hostKeys(url: string | undefined): readonly Key[] {
  return url === undefined ? [] : [callbackHostKey(url)];
}

/** A new subscription: 429 where its client, or the host of its callback, has as many as it may. */
export function planCreation(
  subscription: Subscription,
  snapshot: SnapshotByKey,
  caps: SubscriptionCaps,
): PlannedSubscription {
  const { id, owner, callback } = subscription;
  const key = subscriberKey(owner);
  const subscriber = snapshot.record(key);
  const ids = readIds(subscriber);
  if (ids.length >= caps.subscriptionsPerClientMax)
    return overCap(sentences.subscriptionsMax(caps.subscriptionsPerClientMax));
  const host = callback === undefined ? undefined : countIn(callbackHostKey(callback.url), snapshot, caps);
  if (host?.kind === "refused") return host;
  const writes: Write[] = [
    { key: subscriptionKey(id), expect: "absent", put: subscriptionText(subscription), keep: "none" },
    ...idsWrite(key, subscriber, [...ids, id]),
    ...(host?.writes ?? []),
    epochWrite(id),
  ];
  return { kind: "planned", part: { writes } };
}

/** Another state of a subscription: 429 where its callback moves to a host that has as many as it may. */
export function planChange(
  { stored, subscription: before }: FoundSubscription,
  after: Subscription,
  snapshot: SnapshotByKey,
  caps: SubscriptionCaps,
): PlannedSubscription {
  const hosts = movedHosts(before.callback?.url, after.callback?.url, snapshot, caps);
  if (hosts.kind === "refused") return hosts;
  const { id } = after;
  const put = subscriptionText(after);
  const changed: Write = { key: subscriptionKey(id), expect: { tag: stored.tag }, put, keep: "none" };
  return { kind: "planned", part: { writes: [changed, ...hosts.writes, epochWrite(id)] } };
}

function movedHosts(
  from: string | undefined,
  to: string | undefined,
  snapshot: SnapshotByKey,
  caps: SubscriptionCaps,
): { readonly kind: "moved"; readonly writes: readonly Write[] } | Refused {
  if (from === undefined || to === undefined) return { kind: "moved", writes: [] };
  const [left, joined] = [callbackHostKey(from), callbackHostKey(to)];
  if (left === joined) return { kind: "moved", writes: [] };
  const host = countIn(joined, snapshot, caps);
  return host.kind === "refused" ? host : { kind: "moved", writes: [...countOut(left, snapshot), ...host.writes] };
}

/** Leaves nothing of a subscription but its deliveries, which lapse. */
export function planRemoval({ stored, subscription }: FoundSubscription, snapshot: SnapshotByKey): CommitPart {
  const { id, owner, callback } = subscription;
  const key = subscriberKey(owner);
  const subscriber = snapshot.record(key);
  const ids = readIds(subscriber);
  const writes: Write[] = [
    { key: subscriptionKey(id), expect: { tag: stored.tag }, delete: "forget" },
    ...idsWrite(
      key,
      subscriber,
      ids.filter((each) => each !== id),
    ),
    ...(callback === undefined ? [] : countOut(callbackHostKey(callback.url), snapshot)),
    epochWrite(id),
  ];
  return { writes };
}

/**
 * Tells whoever delivers for the partition of a subscription that something of it has changed. It clashes with nothing:
 * clients of one partition do not wait for each other.
 */
export function epochWrite(id: string): Write {
  return { key: epochKey(partitionOf(id)), expect: "any", put: '{"format":1}', keep: "none" };
}

function countIn(
  key: Key,
  snapshot: SnapshotByKey,
  { subscriptionsPerHostMax }: SubscriptionCaps,
): { readonly kind: "counted"; readonly writes: readonly Write[] } | Refused {
  const found = snapshot.record(key);
  const count = readCount(found);
  if (count >= subscriptionsPerHostMax) return overCap(sentences.subscriptionsPerHost);
  return { kind: "counted", writes: countWrite(key, found, count + 1) };
}

function countOut(key: Key, snapshot: SnapshotByKey): readonly Write[] {
  const found = snapshot.record(key);
  return countWrite(key, found, readCount(found) - 1);
}

/** Nobody knows when one will be deleted: a client that asks again need not hurry. */
const retryAfterSeconds = "60";

function overCap(detail: string): Refused {
  return refused("quota-exceeded", detail, {
    members: { "violated-policies": ["subscriptions"] },
    headers: { "retry-after": retryAfterSeconds },
  });
}
