import type { Store, StoredEvent, Tag } from "@unclash/core/store";
import { z } from "zod";
import { authorizeByDefault } from "../../access/default-permissions.js";
import { createTag } from "../../commits/commit-tag.js";
import { EventHub } from "../../commits/event-hub.js";
import type { Pace } from "../../commits/pace.js";
import { resolveCollections } from "../../resources/collection.js";
import { type Delivery, deliveryPrefix, readDelivery } from "../delivery.js";
import { type NotificationLimits, resolveNotifications } from "../options.js";
import {
  epochKey,
  partitionOf,
  readSubscription,
  type Subscription,
  subscriptionKey,
  subscriptionText,
} from "../subscription.js";
import { Deliverer, type DelivererSettings, type DeliveryTiming, deliveryTiming } from "./deliverer.js";
import type { DeliveryDecision } from "./delivery-report.js";
import type { CallbackAttempt, CallbackOutcome, CallbackSender } from "./send-callback.js";

/** What a receiver was sent. */
export interface Received {
  readonly url: string;
  readonly id: string;
  /** The resource that it is about. */
  readonly key: string;
  readonly type: string;
  readonly atMs: number;
  readonly headers: Readonly<Record<string, string>>;
}

export type Answer = (received: Received) => CallbackOutcome | Promise<CallbackOutcome>;

export const ok: CallbackOutcome = { kind: "answered", status: 200, durationMs: 5 };

export function answered(status: number, retryAfterSeconds?: number): CallbackOutcome {
  return { kind: "answered", status, durationMs: 5, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
}

/** A sender whose receivers answer at once, and all that they were sent. */
export class FakeReceivers {
  readonly received: Received[] = [];
  answer: Answer = () => ok;
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  createSender = (): CallbackSender => ({
    send: ({ url, headers, body, signal }: CallbackAttempt) => {
      const { subject, type } = JSON.parse(body);
      const received = {
        url: url.href,
        id: headers["webhook-id"] ?? "",
        key: subject,
        type,
        headers,
        atMs: this.#nowMs(),
      };
      this.received.push(received);
      return new Promise((resolve, reject) => {
        signal?.addEventListener("abort", () => resolve({ kind: "failed", reason: "aborted", durationMs: 0 }));
        Promise.resolve(this.answer(received)).then(resolve, reject);
      });
    },
    close: () => {},
  });
}

export const secret: string = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;

/** A subscription that was made at this place of the log. */
export function subscriptionAt(from: string, about: Partial<Subscription> = {}): Subscription {
  count += 1;
  return {
    id: `s_00000000-0000-7000-8000-${count.toString(16).padStart(12, "0")}`,
    owner: "owner",
    actor: { name: "ann" },
    resources: [],
    types: [],
    callback: { url: "https://receiver.example/hooks", secrets: [{ secret }] },
    enabled: true,
    createdAt: 0,
    source: "/",
    from,
    generation: 1,
    ...about,
  };
}

let count = 0;

/** Records a subscription as its route does: with the epoch of its partition. */
export async function putSubscription(store: Store, subscription: Subscription): Promise<void> {
  const { id } = subscription;
  await store.commit({
    tag: createTag(),
    at: 0,
    reads: [],
    writes: [
      { key: subscriptionKey(id), expect: "any", put: subscriptionText(subscription), keep: "none" },
      { key: epochKey(partitionOf(id)), expect: "any", put: '{"format":1}', keep: "none" },
    ],
    events: [],
    by: null,
    cause: "test",
  });
}

export async function subscriptionIn(store: Store, id: string): Promise<Subscription> {
  const [record] = (await store.read([subscriptionKey(id)])).records;
  if (record === undefined) throw new Error(`There is no subscription ${id}.`);
  return readSubscription(record);
}

/** The end of the log at this moment. */
export async function endOfLog(store: Store): Promise<string> {
  const stop = new AbortController();
  for await (const each of store.follow("now", stop.signal)) {
    stop.abort();
    if ("reset" in each) return each.reset;
  }
  throw new Error("The log does not say where it ends.");
}

/** Commits a change of a resource, with its event. */
export async function change(store: Store, key: string, version: number, tag: Tag = createTag()): Promise<void> {
  await store.commit({
    tag,
    at: 0,
    reads: [],
    writes: [{ key, expect: "any", put: "{}" }],
    events: [{ type: "resource.changed", key, version, data: '{"by":"bob"}' }],
    by: "bob",
    cause: "replace",
  });
}

/** All deliveries of a subscription, in the order of their events. */
export async function deliveriesIn(store: Store, subscription: string): Promise<readonly Delivery[]> {
  const { records } = await store.list({ prefix: deliveryPrefix(subscription), limit: 1_000 });
  return records.map(readDelivery);
}

/** All events of a log so far. */
export async function eventsIn(store: Store): Promise<readonly StoredEvent[]> {
  const stop = new AbortController();
  const events: StoredEvent[] = [];
  const steps = store.follow("start", stop.signal)[Symbol.asyncIterator]();
  for (;;) {
    const step = await Promise.race([
      steps.next(),
      new Promise<undefined>((resolve) => setTimeout(resolve, 50, undefined)),
    ]);
    if (step === undefined || step.done) break;
    if (!("reset" in step.value)) events.push(step.value);
  }
  stop.abort();
  return events;
}

const anything = { schema: z.looseObject({}) };
const { collections } = resolveCollections({ notes: anything, parts: anything }, undefined);

/** What a test says of a deliverer. */
export interface TestDeliverer extends Partial<DelivererSettings["attempts"]> {
  readonly limits?: Partial<NotificationLimits>;
  readonly timing?: Partial<DeliveryTiming>;
  readonly hub?: DelivererSettings["hub"];
  readonly random?: () => number;
}

/** A deliverer as one process runs it, and what it reports. */
export function delivererOn(
  store: Store,
  pace: Pace,
  createSender: () => CallbackSender,
  { limits = {}, timing, hub = new EventHub(store, { pace }), random = seeded(7), ...given }: TestDeliverer = {},
): { readonly deliverer: Deliverer; readonly decisions: readonly DeliveryDecision[] } {
  const settings = resolveNotifications({ limits });
  if (settings === undefined) throw new Error("There are limits.");
  const decisions: DeliveryDecision[] = [];
  const deliverer = new Deliverer({
    store,
    hub,
    limits: settings.limits,
    attempts: {
      authorize: authorizeByDefault,
      collections,
      versioned: undefined,
      actorOf: undefined,
      ...given,
    },
    createSender,
    pace,
    report: (make) => decisions.push(make()),
    random,
    timing: { ...deliveryTiming, ...timing },
  });
  return { deliverer, decisions };
}

/** Numbers from 0 to 1 that are the same each time. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}
