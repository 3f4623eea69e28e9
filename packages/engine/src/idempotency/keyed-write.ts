import type { Expectation, Key, Moment, ResponsePlan, Snapshot, Write } from "@unclash/core";
import type { Exchange } from "../access/exchange.js";
import type { WriteIntent } from "../resources/write-request.js";
import { answerAgain } from "./answer-again.js";
import { identifyKeyed, type KeyedContent } from "./identity.js";
import { keptAnswer, type ShownState } from "./kept-answer.js";
import type { CountedCaller } from "./quota.js";
import { isKept, recordText } from "./record.js";
import { judgeKey, keyRefusal, quotaRefusal } from "./replay.js";
import { recordKey } from "./scope.js";

/** What a write with `Idempotency-Key` is known by. */
export interface KeyedWrite {
  /** The key of the record that holds its answer. */
  readonly record: Key;
  readonly fingerprint: string;
  /** Whose key it is. */
  readonly who: CountedCaller;
}

/** What a write is known by. */
export function keyedWrite(exchange: Exchange, key: string, content: KeyedContent): KeyedWrite {
  const options = exchange.settings.idempotency;
  const { caller, scoped, fingerprint } = identifyKeyed(exchange, { keeper: "collection", key }, options, content);
  return { record: recordKey(scoped), fingerprint, who: { caller, isAnonymous: exchange.actor === undefined } };
}

/** Where the answer to a write is kept, and what must still be true of that place. */
export interface KeySlot extends KeyedWrite {
  readonly expect: Expectation;
}

/** The first answer, or the refusal of a key; or that the write may go on, and where its answer is kept, if it is. */
export type Turn =
  | { readonly kind: "respond"; readonly plan: ResponsePlan }
  | { readonly kind: "go"; readonly slot: KeySlot | undefined };

/**
 * Looks whether a write has been answered before. The key's record was read in one view with the resource, behind it. What is
 * only tried out finds an answer, and leaves none.
 *
 * @throws StoreError where the record can't be read
 */
export async function takeTurn(exchange: Exchange, intent: WriteIntent, snapshot: Snapshot): Promise<Turn> {
  const { keyed, preferences } = intent;
  if (keyed === undefined) return { kind: "go", slot: undefined };
  const { idempotency } = exchange.settings;
  const { now, records } = snapshot;
  idempotency.sweep.due(now);
  const verdict = judgeKey(records[1], now, keyed.fingerprint);
  switch (verdict.kind) {
    case "unused": {
      if (preferences.dryRun) return { kind: "go", slot: undefined };
      const waitSeconds = idempotency.quota.retryAfterSeconds(keyed.who, idempotency, now);
      if (waitSeconds !== undefined) return { kind: "respond", plan: quotaRefusal(exchange, waitSeconds) };
      return { kind: "go", slot: { ...keyed, expect: verdict.expect } };
    }
    case "answered":
      return { kind: "respond", plan: await answerAgain(exchange, verdict.answer, snapshot) };
    default:
      return { kind: "respond", plan: keyRefusal(exchange, verdict) };
  }
}

/**
 * The write that keeps an answer for who repeats the request; none without a key, and none of an answer that is not the
 * request's own: another caller's permissions, or a store that works again, would have led to another.
 */
export function answerRecord(
  { settings }: Exchange,
  slot: KeySlot | undefined,
  plan: ResponsePlan,
  shown: ShownState,
): readonly Write[] {
  if (slot === undefined || !isKept(plan.status, plan.outcome)) return [];
  const answer = keptAnswer(settings, plan, shown);
  const put = recordText({ state: "answered", fingerprint: slot.fingerprint, answer });
  return [{ key: slot.record, expect: slot.expect, put, keep: "none", ttlMs: settings.idempotency.keepMs }];
}

/** Counts an answer that was kept against the quota of its caller. */
export function countKept(
  { settings }: Exchange,
  slot: KeySlot | undefined,
  now: Moment,
  writes: readonly Write[],
): void {
  const { idempotency } = settings;
  for (const write of writes)
    if (slot !== undefined && "put" in write) idempotency.quota.add(slot.who, idempotency, now, write.put.length);
}
