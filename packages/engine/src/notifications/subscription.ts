import { createHash } from "node:crypto";
import { StoreError } from "@unclash/core";
import type { Cursor, Key, Moment, StoredRecord, Text } from "@unclash/core/store";
import { uuidv7 } from "uuidv7";
import type { Actor } from "../access/actor.js";
import { anonymousCaller } from "../access/client-address.js";
import { internalRecords } from "../commits/internal-records.js";
import type { RequestFacts } from "../http/request.js";
import type { RecordedEvent } from "./event.js";
import type { EventFilter } from "./event-filter.js";

/** What someone wants to be told of, and where, as it is recorded. */
export interface Subscription extends EventFilter {
  readonly id: string;
  /** Who made it: by {@link ownerOf}. */
  readonly owner: string;
  /** The actor that made it, `null` for an anonymous client, with the role that it had then. */
  readonly actor: Actor | null;
  /** Absent for one that is for the stream only. */
  readonly callback?: Callback;
  readonly enabled: boolean;
  /** Why it is disabled, where its owner has not done that, and since when. */
  readonly disabled?: { readonly reason: DisabledReason; readonly at: Moment };
  readonly createdAt: Moment;
  /** The number of the API version in which its events are told. */
  readonly apiVersion?: number;
  /** `source` of its events. */
  readonly source: string;
  /** What comes behind this place is sent: where the log was as it was made, or enabled again. */
  readonly from: Cursor;
  /** Counts how often it was enabled anew: what was to be delivered before that is dead. */
  readonly generation: number;
  /** Since when every attempt has failed, as far as its deliveries know. */
  readonly failingSince?: Moment;
  /** Until when the receiver wants nothing sent, by its `Retry-After`. */
  readonly pausedUntil?: Moment;
}

/** Where the events of a subscription are sent. */
export interface Callback {
  readonly url: string;
  /** The secrets that sign, the newest first. */
  readonly secrets: readonly CallbackSecret[];
}

export interface CallbackSecret {
  /** `whsec_…`. It is shown once, when it is made. */
  readonly secret: string;
  /** When it stops signing; absent for the newest. */
  readonly until?: Moment;
}

/** `gone`: the receiver answered 410; `failing`: for a day; `behind`: too many events wait, or for too long. */
export type DisabledReason = "gone" | "failing" | "behind";

/** The id of a new subscription; a later one is the greater text. */
export function newSubscriptionId(): string {
  return `s_${uuidv7()}`;
}

export function isSubscriptionId(text: string): boolean {
  return /^s_[0-9a-f-]{36}$/.test(text);
}

/** The parts of all subscriptions, each delivered by one process at a time: the last digit of an id says which. */
export const partitions: readonly string[] = [..."0123456789abcdef"];

export function partitionOf(id: string): string {
  return id.slice(-1);
}

/** Below it stand the subscriptions of a partition. */
export function subscriptionPrefix(partition: string): Key {
  return `${internalRecords.subscriptions.prefix}${partition}/`;
}

export function subscriptionKey(id: string): Key {
  return subscriptionPrefix(partitionOf(id)) + id;
}

/**
 * Changes with every subscription of a partition, in the same commit: whoever delivers for it relies on this record,
 * and so on knowing all of them.
 */
export function epochKey(partition: string): Key {
  return `${internalRecords.partitions.prefix}${partition}/epoch`;
}

/** Who a client is: its actor, or the address of an anonymous one. 43 characters of base64url that tell neither. */
export function ownerOf(actor: Actor | undefined, request: Pick<RequestFacts, "address">): string {
  const text = actor === undefined ? `address ${anonymousCaller(request)}` : `actor ${actor.name}`;
  return createHash("sha256").update(text).digest("base64url");
}

/** Which subscriptions an owner has: a record that changes in the same commit as any of them comes or goes. */
export function subscriberKey(owner: string): Key {
  return internalRecords.subscribers.prefix + owner;
}

/** The first segment of the paths of subscriptions, and of the keys by which the app and events name them. */
export const subscriptionsName = "conflict-notifications";

/** What the types of events begin with that are about a subscription itself: they are for its owner. */
export const ownEventPrefix = "subscription.";

/** An event about a subscription: it is of no log. */
export function ownEvent(
  subscription: string,
  name: "test" | "reset",
  made: Pick<RecordedEvent, "id" | "tag" | "at">,
): RecordedEvent {
  return { ...made, type: ownEventPrefix + name, key: `${subscriptionsName}/${subscription}` };
}

const format = 1;

export function subscriptionText(subscription: Subscription): Text {
  return JSON.stringify({ format, ...subscription });
}

/**
 * Reads a record.
 *
 * @throws StoreError for a text that this release has not written
 */
export function readSubscription({ text }: Pick<StoredRecord, "text">): Subscription {
  const value: unknown = JSON.parse(text ?? "null");
  if (isSubscription(value)) return value;
  throw new StoreError("The record of a subscription is none that this release has written.", "not-applied");
}

/** What this release has written needs no closer look. */
function isSubscription(value: unknown): value is Subscription {
  return typeof value === "object" && value !== null && Reflect.get(value, "format") === format;
}
