import type { Cursor, Expectation, Moment, Tag, Write } from "@unclash/core/store";
import { createTag } from "../../commits/commit-tag.js";
import type { EventHub } from "../../commits/event-hub.js";
import type { SharedEvent } from "../../commits/event-page.js";
import { repeatedWarning } from "../../options/warnings.js";
import { type Delivery, deliveryKey, deliveryWrite, newDelivery } from "../delivery.js";
import { eventIdOf, type RecordedEvent, recordedEvent } from "../event.js";
import { matches } from "../event-filter.js";
import { ownEvent, type Subscription } from "../subscription.js";
import { cursorKey, cursorText, type HeldPartition, readCursor, readOwn } from "./held-partition.js";
import { type FoundSubscription, type PartitionSubscriptions, subscriptionWrite } from "./partition-subscriptions.js";
import type { FoundDelivery } from "./subscription-queue.js";

/** So many events are looked at in one step. */
const eventsMax = 200;

/** So many writes go into one commit. */
const writesMax = 250;

/** How long the recorded place may be behind what was looked at, where nobody wanted anything, in milliseconds. */
const cursorMsMax = 5_000;

/** What a step did. `stale`: the subscriptions have changed, and nothing may be missed for one that is new. */
export type RecorderStep = "more" | "idle" | "stale" | "lost";

/** What it records for, and tells. */
export interface RecorderSettings {
  readonly held: HeldPartition;
  readonly hub: Pick<EventHub, "read">;
  readonly subscriptions: PartitionSubscriptions;
  readonly keepDeliveriesMs: number;
  /** Is called with what was recorded for one subscription, in the order of the events. */
  readonly onRecorded: (subscription: string, recorded: readonly FoundDelivery[]) => void;
}

/**
 * Reads the events behind the cursor of a partition, and records a delivery for each that a subscription wants, in one
 * commit with the cursor. The commit relies on the lease and on the subscriptions: an event that was committed after a
 * subscription is never passed by for it.
 */
export class EventRecorder {
  readonly #settings: RecorderSettings;
  /** The record of the cursor. */
  #expect: Expectation = "absent";
  /** Up to where all is recorded. */
  #recorded: Cursor | undefined;
  /** Up to where events were looked at. */
  #place: Cursor | undefined;
  #movedMs = 0;

  constructor(settings: RecorderSettings) {
    this.#settings = settings;
  }

  /** @throws StoreError where the store failed */
  async load(): Promise<void> {
    const { store, name, pace } = this.#settings.held;
    const [record] = (await store.read([cursorKey(name)])).records;
    this.#expect = record === undefined ? "absent" : { tag: record.tag };
    this.#recorded = record && readOwn(record, readCursor);
    this.#movedMs = pace.nowMs();
    this.restart();
  }

  /** Looks again at what was passed by since the cursor was moved: there are other subscriptions now. */
  restart(): void {
    this.#place = undefined;
  }

  /**
   * Looks at the next events.
   *
   * @throws StoreError where the store failed
   */
  async step(): Promise<RecorderStep> {
    const { hub, subscriptions, held } = this.#settings;
    const start = this.#place ?? later(this.#recorded, subscriptions.start);
    if (start === undefined || subscriptions.receiving.length === 0) return "idle";
    const page = await hub.read(start, eventsMax);
    if (held.ended.aborted) return "lost";
    if (page.kind === "reset") return this.#reset(page.next);
    const step = await this.#record(page.events, start);
    if (step !== "more") return step;
    this.#place = page.next;
    if (page.events.length > 0) return this.#moveIfDue();
    const moved = await this.#moveIfDue();
    return moved === "more" ? "idle" : moved;
  }

  /** Records what subscriptions want of some events. */
  async #record(events: readonly SharedEvent[], start: Cursor): Promise<RecorderStep> {
    let deliveries: Delivery[] = [];
    let place = start;
    for (const event of events) {
      for (const delivery of this.#deliveriesOf(event)) {
        if (deliveries.length === writesMax) {
          const step = await this.#commit(deliveries, place);
          if (step !== "more") return step;
          deliveries = [];
        }
        deliveries.push(delivery);
      }
      place = event.stored.cursor;
    }
    return deliveries.length === 0 ? "more" : this.#commit(deliveries, place);
  }

  #deliveriesOf({ stored }: SharedEvent): readonly Delivery[] {
    const { subscriptions, held } = this.#settings;
    const wanted = subscriptions.receiving.filter((each) => each.from < stored.cursor && matches(each, stored));
    if (wanted.length === 0) return [];
    const event = recordedEvent(stored);
    const at = held.clock.now();
    return wanted.map((subscription) => newDelivery(subscription, event, at));
  }

  /** The cursor is moved now and then where nobody wants anything. */
  async #moveIfDue(): Promise<RecorderStep> {
    const place = this.#place;
    if (place === undefined || place === this.#recorded) return "more";
    const isDue = this.#settings.held.pace.nowMs() - this.#movedMs >= cursorMsMax;
    return isDue ? this.#commit([], place) : "more";
  }

  /**
   * @param place up to where all is recorded with it; `undefined` where more of the same belongs to it
   * @param changed subscriptions that change with it, as they were found, but for what is new
   */
  async #commit(
    deliveries: readonly Delivery[],
    place: Cursor | undefined,
    changed: readonly FoundSubscription[] = [],
  ): Promise<RecorderStep> {
    const { held, subscriptions, keepDeliveriesMs, onRecorded } = this.#settings;
    const writes = [
      ...deliveries.map((delivery) => deliveryWrite(delivery, "absent", keepDeliveriesMs)),
      ...changed.map(subscriptionWrite),
      ...this.#cursorWrites(place),
    ];
    const result = await held.commit(writes, [subscriptions.reading]);
    if (result.kind === "lost") return "lost";
    if (result.kind === "clash") {
      // It was recorded before the cursor could be moved.
      const missing = deliveries.filter((each) => !result.keys.has(deliveryKey(each.subscription, each.event.id)));
      if (missing.length + result.keys.size === deliveries.length) return this.#commit(missing, place, changed);
      if (!result.keys.has(cursorKey(held.name))) return "stale";
      held.end();
      return "lost";
    }
    if (place !== undefined && place !== this.#recorded) this.#moved(place, result.tag);
    subscriptions.replace(changed.map(({ subscription }) => ({ subscription, tag: result.tag })));
    for (const [subscription, recorded] of bySubscription(deliveries, result.tag)) onRecorded(subscription, recorded);
    return "more";
  }

  #cursorWrites(place: Cursor | undefined): readonly Write[] {
    if (place === undefined || place === this.#recorded) return [];
    return [{ key: cursorKey(this.#settings.held.name), expect: this.#expect, put: cursorText(place), keep: "none" }];
  }

  #moved(place: Cursor, tag: Tag): void {
    this.#recorded = place;
    this.#expect = { tag };
    this.#movedMs = this.#settings.held.pace.nowMs();
  }

  /** Events may be missing: all are told, and what comes from that place on is recorded again. */
  async #reset(next: Cursor): Promise<RecorderStep> {
    const { subscriptions, held } = this.#settings;
    const { receiving } = subscriptions;
    warnOfLostEvents(next);
    for (let from = 0; from < receiving.length; from += noticesMax) {
      const some = receiving.slice(from, from + noticesMax);
      const at = held.clock.now();
      // A log that was taken back may end before a subscription begins.
      const moved = some.flatMap((each) => {
        const found = each.from > next ? subscriptions.find(each.id) : undefined;
        return found === undefined ? [] : [{ ...found, subscription: { ...each, from: next } }];
      });
      const notices = some.map((each) => newDelivery(each, resetNotice(each, next, at), at));
      const place = from + noticesMax < receiving.length ? undefined : next;
      const step = await this.#commit(notices, place, moved);
      if (step !== "more") return step;
    }
    this.#place = next;
    return "more";
  }
}

/** So many are told of a reset in one commit, each with its subscription. */
const noticesMax = writesMax / 2;

/** What tells a subscription that events may be missing before a place. It is of no log. */
function resetNotice({ id }: Subscription, place: Cursor, at: Moment): RecordedEvent {
  return ownEvent(id, "reset", { id: `${eventIdOf(place)}~reset`, tag: createTag(), at });
}

function bySubscription(deliveries: readonly Delivery[], tag: Tag): ReadonlyMap<string, readonly FoundDelivery[]> {
  const found = new Map<string, FoundDelivery[]>();
  for (const delivery of deliveries) {
    const known = found.get(delivery.subscription) ?? [];
    known.push({ delivery, tag });
    found.set(delivery.subscription, known);
  }
  return found;
}

function later(one: Cursor | undefined, other: Cursor | undefined): Cursor | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one > other ? one : other;
}

const warnOfLostEvents = repeatedWarning(
  "UNCLASH_EVENTS_LOST",
  (place) =>
    "Events may be missing in deliveries to callbacks: the log of the store does not reach back to where they were " +
    `to go on, and they go on from ${String(place)}. Subscribers are sent an event \`unclash.subscription.reset\`.`,
);
