import type { Expectation, Json, Key, ResponsePlan, Snapshot, Write } from "@unclash/core";
import type { Exchange } from "../exchange.js";
import type { WriteIntent } from "../intent.js";
import { withoutContent } from "../written.js";
import { identifyKeyed } from "./identity.js";
import { isKept, recordText } from "./record.js";
import { judgeKey, keyRefusal, type ReplayedAnswer, replayedAnswer } from "./replay.js";
import { recordKey } from "./scope.js";

/** What a write with `Idempotency-Key` is known by. */
export interface KeyedWrite {
  /** The key of the record that holds its answer. */
  readonly record: Key;
  readonly fingerprint: string;
}

/** What a write is known by; `body` is its content as it was parsed, `undefined` where it has none. */
export function keyedWrite(exchange: Exchange, key: string, body: Json | undefined): KeyedWrite {
  const { scoped, fingerprint } = identifyKeyed(exchange, "collection", key, body);
  return { record: recordKey(scoped), fingerprint };
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
export async function takeTurn(
  exchange: Exchange,
  { keyed, preferences }: WriteIntent,
  { now, records: [, found] }: Snapshot,
): Promise<Turn> {
  if (keyed === undefined) return { kind: "go", slot: undefined };
  exchange.settings.idempotency.sweep.due(now);
  const verdict = judgeKey(found, now, keyed.fingerprint);
  if (verdict.kind === "unused") {
    return { kind: "go", slot: preferences.dryRun ? undefined : { ...keyed, expect: verdict.expect } };
  }
  if (verdict.kind !== "answered") return { kind: "respond", plan: keyRefusal(exchange, verdict) };
  const plan = planOf(replayedAnswer(verdict.answer));
  const { shows } = verdict.answer;
  const shown = shows === undefined || (await exchange.mayRead(shows));
  return { kind: "respond", plan: shown ? plan : withoutContent(plan) };
}

/**
 * The write that keeps an answer for who repeats the request; none without a key, and none of an answer that is not the
 * request's own: another caller's permissions, or a store that works again, would have led to another.
 *
 * @param shows the resource whose state the answer shows, if it is a success with content
 */
export function answerRecord(
  { settings }: Exchange,
  slot: KeySlot | undefined,
  { status, headers, body }: ResponsePlan,
  shows: Key,
): readonly Write[] {
  if (slot === undefined || !isKept(status)) return [];
  const answer = { status, headers, body, ...(status < 300 && body !== null && { shows }) };
  const put = recordText({ state: "answered", fingerprint: slot.fingerprint, answer });
  return [{ key: slot.record, expect: slot.expect, put, keep: "none", ttlMs: settings.idempotency.keepMs }];
}

/** An answer that was kept here is text, and has each header once. */
function planOf({ status, headers, body, outcome }: ReplayedAnswer): ResponsePlan {
  const fields = Object.entries(headers).map(([name, value]) => [
    name,
    typeof value === "string" ? value : value.join(", "),
  ]);
  const text = body instanceof Uint8Array ? Buffer.from(body).toString("utf8") : body;
  return { status, headers: Object.fromEntries(fields), body: text, outcome };
}
