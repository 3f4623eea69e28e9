import type { Key, Tag, Write } from "@unclash/core/store";
import { warnOfStore } from "../../commits/store-failure.js";
import { type Delivery, deliveryKey, deliveryWrite } from "../delivery.js";
import { subscriptionKey } from "../subscription.js";
import { type AttemptOutcome, type AttemptResult, evaluateAttempt } from "./attempt-outcome.js";
import type { HeldPartition } from "./held-partition.js";
import { type FoundSubscription, type PartitionSubscriptions, subscriptionWrite } from "./partition-subscriptions.js";
import type { Waiting } from "./queue-load.js";

/** An attempt that has ended. */
export interface EndedAttempt {
  readonly subscription: string;
  readonly waiting: Waiting;
  readonly result: AttemptResult;
}

/** So many outcomes are recorded in one commit: each may change its subscription too. */
const outcomesMax = 100;

/** What it records for, and tells. */
export interface OutcomeSettings {
  readonly held: HeldPartition;
  readonly subscriptions: PartitionSubscriptions;
  readonly keepDeliveriesMs: number;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Is called once an outcome is recorded, with the tag of its commit. */
  readonly onRecorded: (ended: EndedAttempt, outcome: AttemptOutcome, tag: Tag) => void;
  /** Is called for one that can't be recorded: something else was written meanwhile. */
  readonly onOvertaken: (ended: EndedAttempt) => void;
  /** Reads the subscriptions again, as long as the partition is held. It never rejects. */
  readonly reload: () => Promise<void>;
}

/** Records how attempts have ended: one commit at a time, with all that have ended meanwhile. */
export class OutcomeRecorder {
  readonly #settings: OutcomeSettings;
  #ended: EndedAttempt[] = [];
  #recording: Promise<void> | undefined;

  constructor(settings: OutcomeSettings) {
    this.#settings = settings;
  }

  add(ended: EndedAttempt): void {
    this.#ended.push(ended);
    this.#recording ??= this.#recordAll()
      .catch((thrown: unknown) => {
        warnOfStore(thrown);
        this.#settings.held.end();
      })
      .finally(() => {
        this.#recording = undefined;
      });
  }

  /** Resolves once all that have ended are recorded, or can't be. */
  async settled(): Promise<void> {
    await this.#recording;
  }

  async #recordAll(): Promise<void> {
    // What ends in the same moment goes together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#ended.length > 0 && !this.#settings.held.ended.aborted) {
      const batch = this.#ended.slice(0, outcomesMax);
      this.#ended = this.#ended.slice(outcomesMax);
      await this.#record(batch);
    }
  }

  async #record(batch: readonly EndedAttempt[]): Promise<void> {
    const { held, subscriptions, onRecorded, onOvertaken, reload } = this.#settings;
    for (let left = batch; left.length > 0; ) {
      const { outcomes, changed } = this.#evaluate(left, onOvertaken);
      if (outcomes.length === 0) return;
      const writes = [
        ...outcomes.map(({ ended, outcome }) => this.#write(ended, outcome)),
        ...changed.map(subscriptionWrite),
      ];
      const result = await held.commit(writes);
      if (result.kind === "lost") return;
      if (result.kind === "committed") {
        const { tag } = result;
        subscriptions.replace(changed.map(({ subscription }) => ({ subscription, tag })));
        for (const { ended, outcome } of outcomes) onRecorded(ended, outcome, tag);
        return;
      }
      const { overtaken, others } = partitioned(outcomes, result.keys);
      for (const ended of overtaken) onOvertaken(ended);
      if (changed.some(({ subscription: { id } }) => result.keys.has(subscriptionKey(id)))) await reload();
      left = others;
    }
  }

  /** What follows from the attempts, in the order of their ends: each may have changed its subscription. */
  #evaluate(batch: readonly EndedAttempt[], onOvertaken: (ended: EndedAttempt) => void) {
    const { held, subscriptions, random } = this.#settings;
    const changed = new Map<string, FoundSubscription>();
    const outcomes: { readonly ended: EndedAttempt; readonly outcome: AttemptOutcome }[] = [];
    for (const ended of batch) {
      const found = changed.get(ended.subscription) ?? subscriptions.find(ended.subscription);
      if (found === undefined) {
        onOvertaken(ended);
        continue;
      }
      const before = found.subscription;
      const context = { now: held.clock.now(), random: random() };
      const outcome = evaluateAttempt(ended.waiting.delivery, before, ended.result, context);
      if (outcome.subscription !== before)
        changed.set(ended.subscription, { subscription: outcome.subscription, tag: found.tag });
      outcomes.push({ ended, outcome });
    }
    return { outcomes, changed: [...changed.values()] };
  }

  #write({ waiting: { delivery, tag } }: EndedAttempt, outcome: AttemptOutcome): Write {
    const expect = { tag };
    if (outcome.delivery === undefined) return { key: keyOf(delivery), expect, delete: "forget" };
    return deliveryWrite(outcome.delivery, expect, this.#settings.keepDeliveriesMs);
  }
}

function keyOf({ subscription, event }: Delivery): Key {
  return deliveryKey(subscription, event.id);
}

function partitioned(outcomes: readonly { readonly ended: EndedAttempt }[], clashed: ReadonlySet<Key>) {
  const isOvertaken = ({ waiting }: EndedAttempt): boolean => clashed.has(keyOf(waiting.delivery));
  const all = outcomes.map(({ ended }) => ended);
  return { overtaken: all.filter(isOvertaken), others: all.filter((ended) => !isOvertaken(ended)) };
}
