import { setTimeout as pause } from "node:timers/promises";
import type { Key, Store, Tag } from "@unclash/core/store";
import { createTag } from "../../commits/commit-tag.js";
import { deliveryKey, readDelivery } from "../delivery.js";
import { matches } from "../event-filter.js";
import { partitionOf, type Subscription } from "../subscription.js";
import { deliveryTiming } from "./deliverer.js";
import {
  answered,
  change,
  delivererOn,
  deliveriesIn,
  endOfLog,
  eventsIn,
  ok,
  putSubscription,
  secret,
  seeded,
  subscriptionAt,
  subscriptionIn,
} from "./deliveries.test-support.js";
import { type Arrival, faultsInHistory } from "./delivery-history.test-support.js";
import { quickPace, TestProcess } from "./delivery-processes.test-support.js";
import { leaseKey } from "./partition-lease.js";
import type { CallbackAttempt, CallbackOutcome, CallbackSender } from "./send-callback.js";

/** A bug of deliverers, made by their store or by what sends. */
export interface Plant {
  readonly store?: (store: Store) => Store;
  readonly sender?: (sender: CallbackSender) => CallbackSender;
}

const sound: Plant = {};

/** How a receiver answers what it is sent for the first time; a repeat gets a 200. */
type Receiver = "good" | "fails" | "hangs" | "slow" | "gone";

const receivers: readonly Receiver[] = ["good", "fails", "hangs", "slow", "good", "gone"];
const keys: readonly Key[] = ["notes/1", "notes/2", "parts/1"];
const processes = 3;

/** How long there are events and disturbances, in milliseconds. */
const runMs = 2_000;

/** How long is waited then for what is not sent yet; of one with a bug it may never come. */
const settleMsMax = { sound: 30_000, planted: 3_000 } as const;

/**
 * Lets several deliverers work on one store, stops them past their leases and kills them, while events come and
 * subscriptions are added; then looks whether every receiver was sent what it wanted, and nothing else.
 *
 * @returns what was wrong
 */
export async function faultsInDeliveries(store: Store, seed: number, plant: Plant = sound): Promise<readonly string[]> {
  const run = new Run(store, seed, plant);
  await run.go();
  return run.faults();
}

interface Subscribed {
  readonly subscription: Subscription;
  readonly receiver: Receiver;
  readonly after: number;
}

class Run {
  readonly #store: Store;
  readonly #random: () => number;
  readonly #plant: Plant;
  readonly #faults = new Set<string>();
  readonly #arrivals: Arrival[] = [];
  readonly #changes: { readonly tag: Tag; readonly key: Key }[] = [];
  /** Of each subscription and resource: the latest event that was sent. */
  readonly #latest = new Map<string, string>();
  readonly #subscribed: Subscribed[] = [];
  #running: { readonly process: TestProcess; readonly stop: () => Promise<void> }[] = [];

  constructor(store: Store, seed: number, plant: Plant) {
    this.#store = store;
    this.#random = seeded(seed);
    this.#plant = plant;
  }

  async go(): Promise<void> {
    for (let n = 0; n < 3; n += 1) await this.#subscribe();
    for (let n = 0; n < processes; n += 1) this.#start();
    const endsMs = performance.now() + runMs;
    await Promise.all([this.#write(endsMs), this.#subscribeMore(endsMs), this.#disturb(endsMs)]);
    await this.#settle();
    await Promise.all(this.#running.map(({ stop }) => stop()));
  }

  async faults(): Promise<readonly string[]> {
    const subscribed = await Promise.all(
      this.#subscribed.map(async (each) => {
        const { enabled } = await subscriptionIn(this.#store, each.subscription.id);
        return { ...each, isDisabled: !enabled };
      }),
    );
    const events = await eventsIn(this.#store);
    const history = { events, changes: this.#changes.map(({ tag }) => tag), subscribed, arrivals: this.#arrivals };
    if (this.#arrivals.length < this.#changes.length) this.#faults.add("hardly anything was sent");
    return [...this.#faults, ...faultsInHistory(history)];
  }

  #start(): void {
    const { store: plantInStore = (store: Store) => store, sender: plantInSender } = this.#plant;
    const process = new TestProcess(this.#store, plantInStore);
    const sender = this.#senderOf(process);
    const createSender = (): CallbackSender => plantInSender?.(sender) ?? sender;
    const { deliverer } = delivererOn(process.store, process.pace, createSender, {
      hub: process.hub,
      random: this.#random,
    });
    deliverer.start();
    this.#running.push({ process, stop: () => deliverer.stop() });
  }

  async #subscribe(): Promise<void> {
    const at = this.#subscribed.length;
    // Three partitions: most subscriptions come to one that is held already.
    const id = `s_00000000-0000-7000-8000-00000000${at}00${at % 3}`;
    const subscription = subscriptionAt(await endOfLog(this.#store), {
      id,
      resources: at % 2 === 0 ? ["notes/*"] : [],
      callback: { url: `https://${id.slice(2)}.example/`, secrets: [{ secret }] },
    });
    await putSubscription(this.#store, subscription);
    const receiver = receivers[at % receivers.length] ?? "good";
    this.#subscribed.push({ subscription, receiver, after: this.#changes.length });
  }

  async #subscribeMore(endsMs: number): Promise<void> {
    while (performance.now() < endsMs && this.#subscribed.length < 9) {
      await pause(50 + this.#random() * 150);
      await this.#subscribe();
    }
  }

  async #write(endsMs: number): Promise<void> {
    while (performance.now() < endsMs) {
      await pause(this.#random() * 40);
      const key = keys[Math.floor(this.#random() * keys.length)] ?? "notes/1";
      const tag = createTag();
      // Noted before it is there: what is begun after a subscription was made is for it.
      this.#changes.push({ tag, key });
      await change(this.#store, key, this.#changes.length, tag);
    }
  }

  /** Stops processes, for longer than their leases or not, and kills some, each followed by another one. */
  async #disturb(endsMs: number): Promise<void> {
    while (performance.now() < endsMs) {
      await pause(100 + this.#random() * 200);
      const chosen = this.#running[Math.floor(this.#random() * this.#running.length)];
      if (chosen === undefined) continue;
      if (this.#random() < 0.4) {
        chosen.process.kill();
        this.#running = this.#running.filter((each) => each !== chosen);
        this.#start();
      } else {
        chosen.process.stop();
        void pause(100 + this.#random() * 900).then(() => chosen.process.resume());
      }
    }
  }

  /** Waits until nothing is left to send, or nothing more can be expected. */
  async #settle(): Promise<void> {
    const waitMs = this.#plant === sound ? settleMsMax.sound : settleMsMax.planted;
    for (const endsMs = performance.now() + waitMs; performance.now() < endsMs; ) {
      await pause(200);
      const sent = this.#arrivals.length;
      const isOver = await Promise.all(this.#subscribed.map((each) => this.#hasAll(each)));
      if (isOver.every(Boolean) && sent === this.#arrivals.length) return;
      if (this.#faults.size > 0) return;
    }
  }

  async #hasAll({ subscription, after }: Subscribed): Promise<boolean> {
    if (!(await subscriptionIn(this.#store, subscription.id)).enabled) return true;
    const deliveries = await deliveriesIn(this.#store, subscription.id);
    const recorded = new Set(deliveries.map(({ event }) => event.tag));
    const wanted = this.#changes.filter(({ key }, at) => at >= after && matches(subscription, { key, type: changed }));
    return wanted.every(({ tag }) => recorded.has(tag)) && deliveries.every(({ status }) => status === "delivered");
  }

  #senderOf(process: TestProcess): CallbackSender {
    return {
      send: (attempt) => {
        // What the deliverer has decided by is looked at now; then its process may be stopped.
        const outcome = this.#receive(process, attempt);
        return process.passing(() => outcome);
      },
      close: () => {},
    };
  }

  #receive(process: TestProcess, { url, headers, body }: CallbackAttempt): Promise<CallbackOutcome> {
    const found = this.#subscribed.find(({ subscription }) => subscription.callback?.url === url.href);
    if (found === undefined) throw new Error(`There is no receiver at ${url.href}.`);
    const { id: subscription } = found.subscription;
    const id = headers["webhook-id"] ?? "";
    const key: Key = JSON.parse(body).subject;
    const leasedMs = process.renewedMs.get(leaseKey(partitionOf(subscription))) ?? Number.NEGATIVE_INFINITY;
    if (quickPace.nowMs() - leasedMs > deliveryTiming.leaseMs) this.#faults.add("something was sent without a lease");
    const isRepeat = this.#arrivals.some((each) => each.subscription === subscription && each.id === id);
    this.#arrivals.push({ subscription, id, key });
    const latest = this.#latest.get(`${subscription} ${key}`);
    if (latest !== undefined && latest < id) void this.#checkOver(subscription, latest);
    if (latest === undefined || latest < id) this.#latest.set(`${subscription} ${key}`, id);
    return this.#answer(found.receiver, isRepeat);
  }

  /** What comes before the next event of its resource is sent must be over, and recorded so. */
  async #checkOver(subscription: string, event: string): Promise<void> {
    const [record] = (await this.#store.read([deliveryKey(subscription, event)])).records;
    const status = record === undefined ? "gone" : readDelivery(record).status;
    if (status === "pending" || status === "retrying")
      this.#faults.add(`something was sent while the one before was ${status}`);
  }

  async #answer(receiver: Receiver, isRepeat: boolean): Promise<CallbackOutcome> {
    const isChosen = !isRepeat && this.#random() < 0.1;
    if (receiver === "slow") await pause(30);
    if (receiver === "gone" && isChosen) return answered(410);
    if (receiver === "fails" && isChosen) return answered(500);
    if (receiver !== "hangs" || !isChosen) return ok;
    await pause(300);
    return { kind: "failed", reason: "timeout", durationMs: 10_000 };
  }
}

const changed = "resource.changed";
