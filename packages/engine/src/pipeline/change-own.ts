import type { ResponsePlan } from "@unclash/core";
import { recordedName } from "../access/actor.js";
import { commitOnce } from "../commits/commit-once.js";
import { type CommitPart, commitOf } from "../commits/commit-parts.js";
import { createTag } from "../commits/commit-tag.js";
import { readByKey, type SnapshotByKey } from "../commits/snapshot.js";
import type { Lost } from "../commits/try-in-line.js";
import type { Refused } from "../http/refusal.js";
import { refusedResponse } from "../http/responses.js";
import { answerWrites, checkKey, countKept, showingNothing } from "../idempotency/in-commit.js";
import { type NotifiedExchange, notificationsOf } from "../notifications/notified-exchange.js";
import { ownIn } from "../notifications/own-subscription.js";
import { isSubscriptionId, subscriptionKey, subscriptionsName } from "../notifications/subscription.js";
import type { SubscriptionHeaders } from "../notifications/subscription-request.js";
import type { FoundSubscription } from "../notifications/subscription-writes.js";
import { tryUntilAnswered } from "./contended-write.js";
import { noSuchSubscription } from "./subscriptions.js";
import { conclude } from "./write.js";

/** What is to become of a subscription of the caller's, and its answer; without a part nothing is written. */
export interface PlannedChange {
  readonly kind: "planned";
  readonly part?: CommitPart;
  readonly response: ResponsePlan;
}

/** How a request changes a subscription of the caller's, or something below it. */
export interface OwnChange extends SubscriptionHeaders {
  /** As it stands in the path. */
  readonly id: string;
  /** What the write was made by, as its records say. */
  readonly cause: string;
  /** Decides, given the subscription as it is. It may be called again, after a lost race. */
  readonly decide: (found: FoundSubscription, snapshot: SnapshotByKey) => Promise<PlannedChange | Refused>;
}

/**
 * Changes what is the caller's own, until that is answered: a replay, 409 or 422 of its key, 404, what `decide` refuses
 * it with, 503, or the answer.
 */
export async function changeOwn(exchange: NotifiedExchange, change: OwnChange): Promise<ResponsePlan> {
  const key = `${subscriptionsName}/${change.id}`;
  if (!isSubscriptionId(change.id)) return refusedResponse(exchange, noSuchSubscription); // 404
  return tryUntilAnswered(exchange, key, false, () => tryToChange(exchange, change));
}

/** One try: read, decide, commit. */
async function tryToChange(exchange: NotifiedExchange, change: OwnChange): Promise<ResponsePlan | Lost> {
  const { keyed, preferences } = change;
  const { dryRun } = preferences;
  const { store, requestLimits } = exchange.settings;
  const key = subscriptionKey(change.id);
  const snapshot = await readByKey(store, keyed ? [key, keyed.record.key, keyed.record.former] : [key]);
  const step = await checkKey(exchange, { keyed, dryRun, show: showingNothing }, snapshot); // replay, 409, 422, 429
  if (step.kind === "replay") return step.response;
  if (step.kind === "refused") return refusedResponse(exchange, step);
  const { slot } = step;
  const shown = { key: `${subscriptionsName}/${change.id}`, isLasting: false };
  const found = ownIn(exchange, snapshot, change.id);
  const decision = found === undefined ? noSuchSubscription : await change.decide(found, snapshot);
  if (decision.kind === "refused")
    return conclude(exchange, shown, { slot, snapshot }, refusedResponse(exchange, decision));
  const { part, response } = decision;
  if (dryRun) return triedOut(response);
  if (part === undefined) return conclude(exchange, shown, { slot, snapshot }, response);
  const writes = answerWrites(exchange, slot, response, { ...shown, version: undefined });
  const header = { tag: createTag(), at: snapshot.now, by: recordedName(exchange.actor), cause: change.cause };
  const result = await commitOnce(store, commitOf(header, [part, { writes }]), requestLimits);
  exchange.applied = result.kind === "committed";
  if (!exchange.applied) return "line-up";
  notificationsOf(exchange).deliverSoon();
  countKept(exchange, slot, snapshot.now, writes);
  return response;
}

function triedOut(response: ResponsePlan): ResponsePlan {
  return { ...response, outcome: "dry-run", headers: { ...response.headers, "preference-applied": "dry-run" } };
}
