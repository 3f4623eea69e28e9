import type { ProblemEntry, ResponsePlan } from "@unclash/core";
import type { Cursor } from "@unclash/core/store";
import { recordedName } from "../access/actor.js";
import { noState } from "../access/asked-resource.js";
import { ownClaim } from "../access/default-permissions.js";
import type { Permission } from "../access/resource-exchange.js";
import { commitOnce } from "../commits/commit-once.js";
import { commitOf } from "../commits/commit-parts.js";
import { createTag } from "../commits/commit-tag.js";
import { endOfLog } from "../commits/end-of-log.js";
import { readByKey } from "../commits/snapshot.js";
import type { Lost } from "../commits/try-in-line.js";
import { formatCursor, listText, malformedCursor, nextLink, readPaging } from "../http/paging.js";
import { invalidContent, malformed, notFound, type Refused } from "../http/refusal.js";
import { contentResponse, noStore, refusedResponse } from "../http/responses.js";
import { sentences } from "../http/sentences.js";
import { eventSource, type NotifiedExchange, notificationsOf } from "../notifications/notified-exchange.js";
import { findOwn } from "../notifications/own-subscription.js";
import { shownSubscription, withDeliveries } from "../notifications/shown-subscription.js";
import {
  isSubscriptionId,
  newSubscriptionId,
  ownerOf,
  readSubscription,
  type Subscription,
  subscriberKey,
  subscriptionKey,
  subscriptionsName,
} from "../notifications/subscription.js";
import { readIds } from "../notifications/subscription-caps.js";
import { type CreationRequest, readCreation } from "../notifications/subscription-request.js";
import { capKeys, planCreation } from "../notifications/subscription-writes.js";
import { callbackHostFault } from "../notifications/webhooks/callback-host.js";
import { createSecret } from "../notifications/webhooks/secret.js";
import { tryUntilAnswered } from "./contended-write.js";

/** Whether the caller may have subscriptions at all: which ones, each pattern of theirs is asked about. */
export async function askForSubscriptions(exchange: NotifiedExchange): Promise<Permission> {
  if (exchange.settings.notifications === undefined) return { kind: "hidden" };
  return exchange.askPermission(["subscribe"], `${subscriptionsName}/*`, noState, { claim: ownClaim });
}

/** 403, 401, or 404 for the first pattern that the caller may not subscribe to. */
export async function refusePatterns(
  exchange: NotifiedExchange,
  patterns: readonly string[],
): Promise<Refused | undefined> {
  for (const pattern of patterns) {
    const permission = await exchange.askPermission(["subscribe"], pattern, noState, { claim: ownClaim });
    if (permission.kind === "refused") return permission;
    if (permission.kind === "hidden") return notFound(pattern);
  }
  return undefined;
}

/** 422 for all that is not valid; last, and where all else is, it looks where the name of a callback leads. */
export async function refuseFaults(
  exchange: NotifiedExchange,
  faults: readonly ProblemEntry[],
  url: string | undefined,
): Promise<Refused | undefined> {
  const { errorsMax } = exchange.settings.requestLimits;
  if (faults.length > 0) return invalidContent(faults.slice(0, errorsMax), faults.length);
  if (url === undefined || notificationsOf(exchange).allowPrivateCallbacks) return undefined;
  const detail = await callbackHostFault(new URL(url));
  return detail === undefined ? undefined : invalidContent([{ pointer: "/callback/url", detail }]);
}

/** POST of a subscription: a step a line, with the statuses that it can answer. */
export async function answerSubscribe(exchange: NotifiedExchange): Promise<ResponsePlan> {
  const request = await readCreation(exchange); //                                         415, 413, 400
  if (request.kind === "refused") return refusedResponse(exchange, request);
  const refusal =
    (await refusePatterns(exchange, request.resources)) ?? //                              401, 403, 404
    (await refuseFaults(exchange, request.faults, request.callback?.url)); //              422
  if (refusal !== undefined) return refusedResponse(exchange, refusal);
  // Read before the commit: what comes after the answer lies behind it.
  const from = await endOfLog(exchange.settings.store);
  const id = newSubscriptionId();
  const made = { id, from };
  return tryUntilAnswered(exchange, subscriptionsName, false, () => tryToSubscribe(exchange, request, made)); // 503
}

interface NewSubscription {
  readonly id: string;
  readonly from: Cursor;
}

/** One try: read, hold against the caps, commit. */
async function tryToSubscribe(
  exchange: NotifiedExchange,
  request: CreationRequest,
  { id, from }: NewSubscription,
): Promise<ResponsePlan | Lost> {
  const { store, requestLimits } = exchange.settings;
  const { limits } = notificationsOf(exchange);
  const owner = ownerOf(exchange.actor, exchange.request);
  const snapshot = await readByKey(store, capKeys({ owner, callback: request.callback }));
  const secret = request.callback === undefined ? undefined : (request.callback.secret ?? createSecret());
  const subscription = subscriptionOf(exchange, request, { id, from, owner, secret, createdAt: snapshot.now });
  const planned = planCreation(subscription, snapshot, limits); //                         429
  if (planned.kind === "refused") return refusedResponse(exchange, planned);
  const { dryRun } = request.preferences;
  // Of what is only tried out no secret was made.
  const isMade = request.callback?.secret === undefined && !dryRun;
  const response = createdResponse(exchange, subscription, isMade ? secret : undefined, dryRun); // 201
  if (dryRun) return response;
  const header = { tag: createTag(), at: snapshot.now, by: recordedName(exchange.actor), cause: "subscribe" };
  const result = await commitOnce(store, commitOf(header, [planned.part]), requestLimits);
  exchange.applied = result.kind === "committed";
  if (!exchange.applied) return "line-up";
  notificationsOf(exchange).deliverSoon();
  return response;
}

function subscriptionOf(
  exchange: NotifiedExchange,
  { resources, types, callback }: CreationRequest,
  made: NewSubscription & Pick<Subscription, "owner" | "createdAt"> & { readonly secret: string | undefined },
): Subscription {
  const { id, from, owner, secret, createdAt } = made;
  return {
    id,
    owner,
    actor: exchange.actor ?? null,
    resources,
    types,
    ...(callback !== undefined && secret !== undefined && { callback: { url: callback.url, secrets: [{ secret }] } }),
    enabled: true,
    createdAt,
    ...(exchange.apiVersion !== undefined && { apiVersion: exchange.apiVersion.number }),
    source: eventSource(exchange),
    from,
    generation: 1,
  };
}

/** The one answer that holds a secret, where that was made here. */
function createdResponse(
  exchange: NotifiedExchange,
  subscription: Subscription,
  secret: string | undefined,
  dryRun: boolean,
): ResponsePlan {
  const { id, callback } = subscription;
  const shown = shownSubscription(subscription);
  const body = callback && secret !== undefined ? { ...shown, callback: { url: callback.url, secret } } : shown;
  const location = exchange.pathOf(subscriptionsName, id);
  const headers = { ...noStore, location, ...(dryRun && { "preference-applied": "dry-run" }) };
  return contentResponse(201, dryRun ? "dry-run" : "created", headers, JSON.stringify(body));
}

export const noSuchSubscription: Refused = notFound(sentences.suchSubscription);

/** GET and HEAD of a subscription of the caller's. */
export async function answerSubscription(exchange: NotifiedExchange, id: string): Promise<ResponsePlan> {
  const found = await findOwn(exchange, id);
  if (found === undefined) return refusedResponse(exchange, noSuchSubscription); //        404
  const shown = await withDeliveries(exchange.reader, found.subscription);
  return contentResponse(200, "ok", noStore, JSON.stringify(shown));
}

/** GET and HEAD of the caller's subscriptions, the newest first. */
export async function answerSubscriptions(exchange: NotifiedExchange): Promise<ResponsePlan> {
  const errors: ProblemEntry[] = [];
  const query = new URLSearchParams(exchange.request.query);
  const { limit, after } = readPaging(query, exchange.settings.requestLimits, errors);
  if (after !== undefined && !isSubscriptionId(after)) errors.push(malformedCursor);
  if (errors.length > 0) return refusedResponse(exchange, malformed(errors)); //           400
  const { reader } = exchange;
  const [subscriber] = (await reader.read([subscriberKey(ownerOf(exchange.actor, exchange.request))])).records;
  const ids = readIds(subscriber).toSorted().toReversed();
  const behind = after === undefined ? ids : ids.filter((id) => id < after);
  const page = behind.slice(0, limit);
  const { records } = page.length === 0 ? { records: [] } : await reader.read(page.map(subscriptionKey));
  // One that was deleted since its id was read is passed over.
  const found = records.flatMap((stored) => (stored === undefined || stored.deleted ? [] : readSubscription(stored)));
  const items = await Promise.all(found.map(async (each) => JSON.stringify(await withDeliveries(reader, each))));
  const last = page.at(-1);
  const next = behind.length > page.length && last !== undefined ? formatCursor(last) : null;
  const headers = { ...noStore, ...nextLink(exchange.pathOf(subscriptionsName), limit, next) };
  return contentResponse(200, "ok", headers, listText(items, next));
}
