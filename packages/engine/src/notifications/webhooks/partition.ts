import { setMaxListeners } from "node:events";
import { isStoreError } from "@unclash/core";
import type { Tag } from "@unclash/core/store";
import type { EventHub } from "../../commits/event-hub.js";
import { warnOfStore } from "../../commits/store-failure.js";
import type { ConcurrencyQuota } from "../concurrency-quota.js";
import type { Delivery } from "../delivery.js";
import type { NotificationLimits } from "../options.js";
import type { Callback, Subscription } from "../subscription.js";
import { Alarm } from "./alarm.js";
import { type AttemptSettings, makeAttempt } from "./attempt.js";
import { type AttemptOutcome, disabled, isReceiving } from "./attempt-outcome.js";
import { type DeliveryDecision, endDecision, hostOf, outcomeDecision } from "./delivery-report.js";
import { EventRecorder } from "./event-recorder.js";
import type { HeldPartition } from "./held-partition.js";
import { type EndedAttempt, OutcomeRecorder } from "./outcome-recorder.js";
import { PartitionQueues } from "./partition-queues.js";
import { type FoundSubscription, PartitionSubscriptions, subscriptionWrite } from "./partition-subscriptions.js";
import type { Waiting } from "./queue-load.js";
import type { CallbackSender } from "./send-callback.js";

/** How often it looks whether there are events, though nobody says so, in milliseconds. */
const idleMs = 5_000;

/** How long it waits after a failure of the store, in milliseconds. */
const failureMs = 1_000;

/** What the partitions of one engine share. */
export interface PartitionSettings {
  readonly attempts: AttemptSettings;
  readonly hub: Pick<EventHub, "read">;
  readonly limits: NotificationLimits;
  /** The attempts of this process, by host. */
  readonly quota: ConcurrencyQuota;
  readonly sender: Pick<CallbackSender, "send">;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly report: (makeDecision: () => DeliveryDecision) => void;
  /** Is called once an attempt has ended: another one may begin, of whatever partition. */
  readonly onFree: () => void;
}

/**
 * Delivers for one partition of the subscriptions, as long as this process holds its lease: it records what is to be
 * delivered, makes the attempts, and records how they ended.
 */
export class Partition {
  readonly held: HeldPartition;
  readonly #settings: PartitionSettings;
  readonly #subscriptions: PartitionSubscriptions;
  readonly #queues: PartitionQueues;
  readonly #events: EventRecorder;
  readonly #outcomes: OutcomeRecorder;
  readonly #eventAlarm: Alarm;
  readonly #queueAlarm: Alarm;
  /** Breaks off all attempts. */
  readonly #attempts = new AbortController();
  #reloading: Promise<void> | undefined;
  #isPumpDue = false;
  readonly #disabling = new Set<string>();

  constructor(held: HeldPartition, settings: PartitionSettings) {
    const subscriptions = new PartitionSubscriptions(held);
    const common = { held, subscriptions, keepDeliveriesMs: settings.limits.keepDeliveriesMs };
    this.held = held;
    this.#settings = settings;
    this.#subscriptions = subscriptions;
    this.#eventAlarm = new Alarm(held.pace, held.ended);
    this.#queueAlarm = new Alarm(held.pace, held.ended);
    held.ended.addEventListener("abort", () => this.#attempts.abort(), { once: true });
    // As many listen as there are attempts; Node would warn of more than ten.
    setMaxListeners(0, held.ended, this.#attempts.signal);
    this.#queues = new PartitionQueues({ ...common, onDead: (deliveries) => this.#reportDead(deliveries) });
    this.#events = new EventRecorder({
      ...common,
      hub: settings.hub,
      onRecorded: (id, recorded) => {
        this.#queues.add(id, recorded);
        this.#endIfBehind(id);
        this.pumpSoon();
      },
    });
    this.#outcomes = new OutcomeRecorder({
      ...common,
      random: settings.random,
      onRecorded: (ended, outcome, tag) => this.#settle(ended, outcome, tag),
      onOvertaken: ({ subscription, waiting }) => {
        this.#queues.find(subscription)?.forget(waiting);
        this.pumpSoon();
      },
      reload: () => this.reload(),
    });
  }

  /** Begins to deliver. It goes on until it is stopped, or the lease is lost. */
  start(): void {
    void this.#run();
  }

  /** There are events that it may not have looked at. */
  wake(): void {
    this.#eventAlarm.ring();
  }

  /** Has the subscriptions read again where they have changed, by the tag of the record that changes with them. */
  checkEpoch(epoch: Tag | undefined): void {
    if (!this.#subscriptions.isOutdated(epoch)) return;
    // What is being read may be from before the change.
    const isRead = this.#reloading ?? Promise.resolve();
    void isRead.then(() => (this.#subscriptions.isOutdated(epoch) ? this.reload() : undefined));
  }

  /** Breaks off all attempts, and records those that have ended. What was broken off waits for the next holder. */
  async stop(): Promise<void> {
    this.#attempts.abort();
    await this.#outcomes.settled();
    this.held.end();
  }

  async #run(): Promise<void> {
    await this.#patiently(() => this.#events.load());
    await this.reload();
    await Promise.all([this.#recordEvents(), this.#keepQueues()]);
  }

  /** Does something again and again where the store fails, as long as the partition is held. */
  async #patiently<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    while (!this.held.ended.aborted) {
      try {
        return await work();
      } catch (thrown) {
        warnOfStore(thrown);
        // What this release can't read is for a process of a newer one.
        if (!isStoreError(thrown)) this.held.end();
        else await this.held.pace.pause(failureMs, this.held.ended);
      }
    }
    return undefined;
  }

  /** Reads the subscriptions, and has all that waits for them looked at again. It never rejects. */
  reload(): Promise<void> {
    this.#reloading ??= this.#patiently(() => this.#subscriptions.load())
      .then(() => {
        if (!this.#subscriptions.hasCallbacks) this.held.end();
        this.#events.restart();
        this.#queues.adopt();
        this.#eventAlarm.ring();
        this.#queueAlarm.ring();
      })
      .finally(() => {
        this.#reloading = undefined;
      });
    return this.#reloading;
  }

  async #recordEvents(): Promise<void> {
    while (!this.held.ended.aborted) {
      const step = await this.#patiently(() => this.#events.step());
      if (step === "idle") await this.#eventAlarm.pause(idleMs);
      if (step === "stale") await this.reload();
    }
  }

  async #keepQueues(): Promise<void> {
    while (!this.held.ended.aborted) {
      const { id, inMs } = this.#queues.nextLoad();
      if (id !== undefined && inMs === 0) {
        await this.#patiently(() => this.#queues.load(id));
        this.#endIfBehind(id);
      }
      this.#pump();
      const loadInMs = this.#queues.nextLoad().inMs;
      if (loadInMs > 0) await this.#queueAlarm.pause(Math.min(loadInMs, this.#queues.nextDueInMs()));
    }
  }

  /** Begins attempts soon, together with others that are possible by then. */
  pumpSoon(): void {
    if (this.#isPumpDue) return;
    this.#isPumpDue = true;
    setImmediate(() => {
      this.#isPumpDue = false;
      this.#queueAlarm.ring();
      this.#pump();
    });
  }

  /** Begins as many attempts as may be made at once. */
  #pump(): void {
    const { quota, limits } = this.#settings;
    if (!this.held.isHeld || this.#attempts.signal.aborted) return;
    const nowMs = this.held.pace.nowMs();
    for (const [id, queue] of this.#queues.inTurn()) {
      const subscription = this.#subscriptions.find(id)?.subscription;
      if (subscription === undefined || !isSent(subscription)) continue;
      const host = hostOf(subscription.callback);
      const atOnceMax = subscription.failingSince === undefined ? limits.attemptsPerSubscriptionMax : 1;
      while (queue.inFlight < atOnceMax) {
        const waiting = quota.isFree(host) ? queue.next(nowMs) : undefined;
        const release = waiting && quota.acquire(host);
        if (waiting === undefined || release === undefined) break;
        void this.#attempt(subscription, waiting, release);
      }
    }
  }

  async #attempt(
    subscription: Subscription & { readonly callback: Callback },
    waiting: Waiting,
    release: () => void,
  ): Promise<void> {
    const { attempts, sender, onFree } = this.#settings;
    const { id, generation } = subscription;
    const mayBeSent = (): boolean => {
      const now = this.#subscriptions.find(id)?.subscription;
      return this.held.isHeld && now !== undefined && isReceiving(now) && now.generation === generation;
    };
    const result = await makeAttempt(attempts, sender, {
      delivery: waiting.delivery,
      subscription,
      now: () => this.held.clock.now(),
      mayBeSent,
      signal: this.#attempts.signal,
    });
    release();
    onFree();
    if (this.#attempts.signal.aborted) return;
    if (result === undefined) this.#queues.find(id)?.forget(waiting);
    else this.#outcomes.add({ subscription: id, waiting, result });
  }

  /** What follows from an attempt, now that it is recorded. */
  #settle(ended: EndedAttempt, outcome: AttemptOutcome, tag: Tag): void {
    const { subscription: id, waiting } = ended;
    const { delivery, subscription, pauseMs, silenceMs } = outcome;
    const queue = this.#queues.find(id);
    const nowMs = this.held.pace.nowMs();
    if (queue !== undefined) {
      if (delivery?.status !== "retrying") queue.remove(waiting);
      else if (delivery.generation === subscription.generation)
        queue.retry(waiting, { delivery, tag }, nowMs + pauseMs);
      else queue.forget(waiting);
      if (delivery?.status === "delivered") queue.silence(nowMs);
      if (silenceMs > 0) queue.silence(nowMs + silenceMs);
      if (!isReceiving(subscription)) queue.reload();
      this.#queues.adapt(id);
    }
    this.#settings.report(() => outcomeDecision(ended, outcome, queue?.count ?? 0));
    this.pumpSoon();
  }

  /** Disables a subscription for which too much waits. */
  #endIfBehind(id: string): void {
    const found = this.#subscriptions.find(id);
    const count = this.#queues.find(id)?.count ?? 0;
    if (found === undefined || !isReceiving(found.subscription)) return;
    if (count > this.#settings.limits.pendingDeliveriesMax) void this.#disable(found);
  }

  async #disable({ subscription: before, tag }: FoundSubscription): Promise<void> {
    const { id } = before;
    if (this.#disabling.has(id)) return;
    this.#disabling.add(id);
    const subscription = disabled(before, "behind", this.held.clock.now());
    const result = await this.held.commit([subscriptionWrite({ subscription, tag })]);
    if (result.kind === "committed") this.#subscriptions.replace([{ subscription, tag: result.tag }]);
    if (result.kind === "clash") await this.reload();
    this.#disabling.delete(id);
    this.#queues.find(id)?.reload();
    this.pumpSoon();
  }

  #reportDead(deliveries: readonly Delivery[]): void {
    for (const delivery of deliveries) {
      const found = this.#subscriptions.find(delivery.subscription);
      const count = this.#queues.find(delivery.subscription)?.count ?? 0;
      if (found !== undefined) this.#settings.report(() => endDecision(delivery, found.subscription, count));
    }
  }
}

function isSent(subscription: Subscription): subscription is Subscription & { readonly callback: Callback } {
  return isReceiving(subscription);
}
