import { setTimeout as pause } from "node:timers/promises";
import {
  type Clash,
  type CommitResult,
  isStoreError,
  type ResponsePlan,
  type Snapshot,
  StoreError,
} from "@unclash/core";
import { recordedName } from "../access/actor.js";
import type { Exchange } from "../access/exchange.js";
import { commitOnce } from "../commits/commit-once.js";
import { createTag } from "../commits/commit-tag.js";
import { unavailablePlan } from "../http/responses.js";
import { answerRecord, countKept, type KeySlot, takeTurn } from "../idempotency/keyed-write.js";
import type { PlannedWrite } from "../resources/planned-write.js";
import { duplicateValue } from "../resources/refusals.js";
import { findHolder, uniqueClash } from "../resources/unique.js";
import type { WriteIntent } from "../resources/write-request.js";
import { shownPlan, writtenPlan } from "../resources/written.js";
import { decide } from "./decide.js";

/** The longest pause between two tries of a write. */
const pauseMsMax = 250;

/**
 * The one way in which a resource is written: read, decide, commit; and again from the start where others were faster.
 * A write with a precondition then learns that it no longer holds; one whose key came twice at once finds the other's
 * answer; one with neither has a bounded number of tries.
 */
export async function write(exchange: Exchange, intent: WriteIntent): Promise<ResponsePlan> {
  const { racesMax } = exchange.settings.limits;
  for (let attempt = 1; attempt <= racesMax; attempt++) {
    exchange.attempts = attempt;
    if (attempt > 1) await pause(Math.random() * Math.min(2 ** attempt, pauseMsMax));
    const plan = await tryToWrite(exchange, intent);
    if (plan !== undefined) return plan;
  }
  const detail = `Others changed ${intent.key} ${racesMax} times while this request was at it.`;
  return unavailablePlan(exchange, "not-applied", detail);
}

/** The answer, or nothing where what it was decided on has changed meanwhile. */
async function tryToWrite(exchange: Exchange, intent: WriteIntent): Promise<ResponsePlan | undefined> {
  const { key, keyed, preferences } = intent;
  const { store } = exchange.settings;
  const snapshot = await store.read(keyed === undefined ? [key] : [key, keyed.record]);
  const turn = await takeTurn(exchange, intent, snapshot);
  if (turn.kind === "respond") return turn.plan;
  const decision = await decide(exchange, intent, snapshot);
  if (decision.kind === "respond") return conclude(exchange, intent, turn.slot, snapshot, decision.plan);
  const { planned } = decision;
  const plan = plannedPlan(exchange, intent, planned);
  const answer = answerRecord(exchange, turn.slot, plan, { intent, version: planned.state.version });
  const result = preferences.dryRun ? await tryOut(exchange, planned) : await commitWith(exchange, planned, answer);
  exchange.applied = result.kind === "committed" && !preferences.dryRun;
  if (result.kind === "committed") {
    countKept(exchange, turn.slot, snapshot.now, answer);
    return shownPlan(exchange, key, plan);
  }
  const taken = uniqueClash(result.clashes);
  if (taken === undefined) return undefined;
  const refusal = await duplicateValue(exchange, intent, taken.index, taken.holder);
  return conclude(exchange, intent, turn.slot, snapshot, refusal);
}

/** The answer to a write that may happen: its commit is all or nothing, so what it will have made is known before. */
function plannedPlan(
  exchange: Exchange,
  intent: WriteIntent,
  { state, text, created, settledBy }: PlannedWrite,
): ResponsePlan {
  const outcome = text === null ? "deleted" : created ? "created" : "changed";
  const written = { state: intent.preferences.dryRun ? undefined : state, text, outcome, settledBy } as const;
  return writtenPlan(exchange, intent, written);
}

/** Writes the resource, and the answer for those who repeat the request, in one. */
function commitWith(
  { settings }: Exchange,
  { commit }: PlannedWrite,
  answer: ReturnType<typeof answerRecord>,
): Promise<CommitResult> {
  return commitOnce(settings.store, { ...commit, writes: [...commit.writes, ...answer] }, settings.limits);
}

/** An answer that changes nothing, once it is kept for a repeat; nothing where the key has been used meanwhile. */
async function conclude(
  exchange: Exchange,
  intent: WriteIntent,
  slot: KeySlot | undefined,
  { now: at, records: [current] }: Snapshot,
  plan: ResponsePlan,
): Promise<ResponsePlan | undefined> {
  const writes = answerRecord(exchange, slot, plan, { intent, version: current?.version });
  if (writes.length === 0) return plan;
  const by = recordedName(exchange.actor);
  const commit = { tag: createTag(), at, reads: [], writes, events: [], by, cause: "answer" };
  const result = await commitOnce(exchange.settings.store, commit, exchange.settings.limits).catch(nothingWritten);
  if (result.kind !== "committed") return undefined;
  countKept(exchange, slot, at, writes);
  return plan;
}

/** Whatever became of the answer's record: the write itself was not even tried. */
function nothingWritten(thrown: unknown): never {
  throw isStoreError(thrown) ? new StoreError(thrown.message, "not-applied", { cause: thrown }) : thrown;
}

/** Looks whether the commit would go through as far as others' unique values are concerned, and commits nothing. */
async function tryOut(exchange: Exchange, { commit }: PlannedWrite): Promise<CommitResult> {
  const [write] = commit.writes;
  const values = write !== undefined && "put" in write ? (write.index ?? []) : [];
  const clashes: Clash[] = write === undefined ? [] : await findHolder(exchange.settings.store, values, write.key);
  return clashes.length > 0 ? { kind: "clash", clashes } : { kind: "committed", records: [] };
}
