import type { ResponsePlan } from "@unclash/core";
import type { Moment } from "@unclash/core/store";
import { endOfLog } from "../commits/end-of-log.js";
import { readByKey, type SnapshotByKey } from "../commits/snapshot.js";
import { type Refused, refused } from "../http/refusal.js";
import { contentResponse, emptyResponse, noStore, refusedResponse } from "../http/responses.js";
import { sentences } from "../http/sentences.js";
import { filterFaults } from "../notifications/filter-members.js";
import { type NotifiedExchange, notificationsOf } from "../notifications/notified-exchange.js";
import { withDeliveries } from "../notifications/shown-subscription.js";
import { type Callback, type Subscription, subscriptionsName } from "../notifications/subscription.js";
import { type ChangeRequest, readBareRequest, readChange } from "../notifications/subscription-request.js";
import {
  capKeys,
  changeKeys,
  type FoundSubscription,
  planChange,
  planRemoval,
} from "../notifications/subscription-writes.js";
import { createSecret } from "../notifications/webhooks/secret.js";
import { changeOwn, type PlannedChange } from "./change-own.js";
import { refuseFaults, refusePatterns } from "./subscriptions.js";

/** PATCH of a subscription: a step a line, with the statuses that it can answer. */
export async function answerChange(exchange: NotifiedExchange, id: string): Promise<ResponsePlan> {
  const request = await readChange(exchange); //                                           415, 413, 400
  if (request.kind === "refused") return refusedResponse(exchange, request);
  const refusal = await refusePatterns(exchange, request.resources ?? []); //              401, 403, 404
  if (refusal !== undefined) return refusedResponse(exchange, refusal);
  const { keyed, preferences } = request;
  return changeOwn(exchange, {
    id,
    keyed,
    preferences,
    cause: "change",
    decide: (found, snapshot) => decideOnChange(exchange, request, found, snapshot), //    422, 429
  });
}

async function decideOnChange(
  exchange: NotifiedExchange,
  request: ChangeRequest,
  found: FoundSubscription,
  snapshot: SnapshotByKey,
): Promise<PlannedChange | Refused> {
  const { subscription } = found;
  const { store } = exchange.settings;
  const moves = request.url !== undefined && request.url !== subscription.callback?.url;
  const { resources = subscription.resources, types = subscription.types } = request;
  const { limits } = notificationsOf(exchange);
  const faults = [...request.faults, ...filterFaults({ resources, types }, limits.filterPatternsMax)];
  if (subscription.callback === undefined && moves) faults.push(notAddable);
  const refusal = await refuseFaults(exchange, faults, moves ? request.url : undefined);
  if (refusal !== undefined) return refusal;
  const resumes = request.enabled === true && !subscription.enabled;
  const after = changed(subscription, request, resumes ? await endOfLog(store) : undefined);
  const shown = await withDeliveries(exchange.reader, after);
  const response = contentResponse(200, "changed", noStore, JSON.stringify(shown));
  if (isSame(subscription, after)) return { kind: "planned", response };
  const hosts = moves ? await readByKey(store, changeKeys(subscription.callback?.url, request.url)) : snapshot;
  const planned = planChange(found, after, hosts, limits);
  return planned.kind === "refused" ? planned : { ...planned, response };
}

const notAddable = { pointer: "/callback", detail: sentences.callbackNotAddable };

/**
 * A subscription as it is to be: one that is enabled again goes on from now, and what waited before is dead. Of a
 * callback that has moved nobody knows yet whether it fails.
 */
function changed(
  before: Subscription,
  { resources = before.resources, types = before.types, url, enabled = before.enabled }: ChangeRequest,
  from: string | undefined,
): Subscription {
  const { disabled, failingSince, pausedUntil, ...kept } = before;
  const { callback } = before;
  const moved = callback !== undefined && url !== undefined && url !== callback.url;
  return {
    ...kept,
    resources,
    types,
    enabled,
    ...(moved && { callback: { ...callback, url } }),
    ...(disabled !== undefined && !enabled && { disabled }),
    ...(failingSince !== undefined && !moved && from === undefined && { failingSince }),
    ...(pausedUntil !== undefined && !moved && { pausedUntil }),
    ...(from !== undefined && { from, generation: before.generation + 1 }),
  };
}

/** Whether a change leaves what its owner can change as it is. */
function isSame(before: Subscription, after: Subscription): boolean {
  const [one, other] = [before, after].map(({ resources, types, callback, enabled }) =>
    JSON.stringify([resources, types, callback?.url, enabled]),
  );
  return one === other;
}

/** For so long the secret before signs too, in milliseconds. */
const bothSignMs = 24 * 3_600_000;

/** POST of another secret. Its answer is the only one that shows it, and is never kept. */
export async function answerNewSecret(exchange: NotifiedExchange, id: string): Promise<ResponsePlan> {
  const request = readBareRequest(exchange, "answers with a secret"); //                   400
  if (request.kind === "refused") return refusedResponse(exchange, request);
  const secret = createSecret();
  return changeOwn(exchange, {
    id,
    ...request,
    cause: "secret",
    async decide(found, snapshot) {
      const { subscription } = found;
      const { callback } = subscription;
      if (callback === undefined) return withoutCallback(subscription); //                 409
      const after = { ...subscription, callback: rotated(callback, secret, snapshot.now) };
      const planned = planChange(found, after, snapshot, notificationsOf(exchange).limits);
      const body = request.preferences.dryRun ? {} : { secret };
      const response = contentResponse(200, "changed", noStore, JSON.stringify(body));
      return planned.kind === "refused" ? planned : { ...planned, response };
    },
  });
}

/** At most two sign: of one that was replaced twice in a day nothing is left. */
function rotated({ url, secrets }: Callback, secret: string, now: Moment): Callback {
  const [newest] = secrets;
  const until = now + bothSignMs;
  return { url, secrets: [{ secret }, ...(newest === undefined ? [] : [{ secret: newest.secret, until }])] };
}

/** 409: what is only for callbacks. */
export function withoutCallback({ id }: Subscription): Refused {
  const members = { resource: `${subscriptionsName}/${id}`, field: "/callback" };
  return refused("invalid-state", sentences.noCallback, { members });
}

/** DELETE of a subscription. What is on its way to its callback may still arrive. */
export async function answerRemoval(exchange: NotifiedExchange, id: string): Promise<ResponsePlan> {
  const request = readBareRequest(exchange, "takes a key"); //                             400
  if (request.kind === "refused") return refusedResponse(exchange, request);
  return changeOwn(exchange, {
    id,
    ...request,
    cause: "unsubscribe",
    async decide(found) {
      const caps = await readByKey(exchange.settings.store, capKeys(found.subscription));
      return { kind: "planned", part: planRemoval(found, caps), response: emptyResponse(204, "deleted", noStore) };
    },
  });
}
