import type { ProblemEntry, ResponsePlan } from "@unclash/core";
import type { Write } from "@unclash/core/store";
import { uuidv7 } from "uuidv7";
import { createTag } from "../commits/commit-tag.js";
import { endOfLog } from "../commits/end-of-log.js";
import { formatCursor, listText, malformedCursor, nextLink, readPaging } from "../http/paging.js";
import { malformed, notFound, type Refused, refused } from "../http/refusal.js";
import { contentResponse, noStore, refusedResponse } from "../http/responses.js";
import { sentences } from "../http/sentences.js";
import {
  type Delivery,
  deliveryKey,
  deliveryWrite,
  isDeliveryEvent,
  newDelivery,
  readDelivery,
} from "../notifications/delivery.js";
import { eventIdOf } from "../notifications/event.js";
import { type NotifiedExchange, notificationsOf } from "../notifications/notified-exchange.js";
import { findOwn } from "../notifications/own-subscription.js";
import { latestDeliveries, shownDelivery, waits } from "../notifications/shown-subscription.js";
import { ownEvent, type Subscription, subscriptionsName } from "../notifications/subscription.js";
import { readBareRequest } from "../notifications/subscription-request.js";
import { epochWrite, type FoundSubscription } from "../notifications/subscription-writes.js";
import { changeOwn, type PlannedChange } from "./change-own.js";
import { withoutCallback } from "./change-subscription.js";
import { noSuchSubscription } from "./subscriptions.js";

/** GET and HEAD of the deliveries of a subscription of the caller's, the latest first. */
export async function answerDeliveries(exchange: NotifiedExchange, id: string): Promise<ResponsePlan> {
  const errors: ProblemEntry[] = [];
  const query = new URLSearchParams(exchange.request.query);
  const { limit, after } = readPaging(query, exchange.settings.requestLimits, errors);
  if (after !== undefined && !isDeliveryEvent(after)) errors.push(malformedCursor);
  if (errors.length > 0) return refusedResponse(exchange, malformed(errors)); //           400
  const found = await findOwn(exchange, id);
  if (found === undefined) return refusedResponse(exchange, noSuchSubscription); //        404
  const page = await latestDeliveries(exchange.reader, found.subscription, { limit, after });
  const items = page.deliveries.map((each) => JSON.stringify(each));
  const next = page.next === undefined ? null : formatCursor(page.next);
  const path = `${exchange.pathOf(subscriptionsName, id)}/deliveries`;
  return contentResponse(200, "ok", { ...noStore, ...nextLink(path, limit, next) }, listText(items, next));
}

const noSuchDelivery: Refused = notFound(sentences.suchDelivery);

/** POST of an event that is to be sent once more: a step a line, with the statuses that it can answer. */
export async function answerResend(exchange: NotifiedExchange, id: string, rawEvent: string): Promise<ResponsePlan> {
  const request = readBareRequest(exchange, "takes a key"); //                             400
  if (request.kind === "refused") return refusedResponse(exchange, request);
  return changeOwn(exchange, {
    id,
    ...request,
    cause: "resend",
    async decide(found, { now }) {
      const { subscription } = found;
      const key = isDeliveryEvent(rawEvent) ? deliveryKey(subscription.id, rawEvent) : undefined;
      const [stored] = key === undefined ? [] : (await exchange.reader.read([key])).records;
      if (stored === undefined || stored.deleted || stored.lapsed) return noSuchDelivery; // 404
      const before = readDelivery(stored);
      const refusal = unsendable(subscription); //                                         409
      if (refusal !== undefined) return refusal;
      if (waits(before, subscription)) return invalidState(subscription, sentences.deliveryWaits);
      const delivery = newDelivery(subscription, before.event, now);
      return sending(exchange, found, delivery, { tag: stored.tag }); //                    202
    },
  });
}

/** POST of a test: an event that is sent to this subscription alone. */
export async function answerTest(exchange: NotifiedExchange, id: string): Promise<ResponsePlan> {
  const request = readBareRequest(exchange, "takes a key"); //                             400
  if (request.kind === "refused") return refusedResponse(exchange, request);
  return changeOwn(exchange, {
    id,
    ...request,
    cause: "test",
    async decide(found, { now }) {
      const { subscription } = found;
      const refusal = unsendable(subscription); //                                         409
      if (refusal !== undefined) return refusal;
      const event = ownEvent(subscription.id, "test", { id: await newTestId(exchange), tag: createTag(), at: now });
      return sending(exchange, found, newDelivery(subscription, event, now), "absent"); //  202
    },
  });
}

/** An event of no log. Its id stands among those of the log by when it was made; of two tests the later is greater. */
async function newTestId({ settings }: NotifiedExchange): Promise<string> {
  return `${eventIdOf(await endOfLog(settings.store))}~test~${uuidv7()}`;
}

/** 409 for what nothing can be sent to. */
function unsendable(subscription: Subscription): Refused | undefined {
  if (subscription.callback === undefined) return withoutCallback(subscription);
  return subscription.enabled ? undefined : invalidState(subscription, sentences.subscriptionDisabled, "/enabled");
}

function invalidState({ id }: Subscription, detail: string, field?: string): Refused {
  const resource = `${subscriptionsName}/${id}`;
  return refused("invalid-state", detail, { members: { resource, ...(field !== undefined && { field }) } });
}

/** Puts a delivery, as long as its subscription stays as it is, and tells who delivers for it. */
function sending(
  exchange: NotifiedExchange,
  { stored, subscription }: FoundSubscription,
  delivery: Delivery,
  expect: Write["expect"],
): PlannedChange {
  const { keepDeliveriesMs } = notificationsOf(exchange).limits;
  return {
    kind: "planned",
    part: {
      reads: [{ key: stored.key, expect: { tag: stored.tag } }],
      writes: [deliveryWrite(delivery, expect, keepDeliveriesMs), epochWrite(subscription.id)],
    },
    response: contentResponse(202, "accepted", noStore, JSON.stringify(shownDelivery(delivery, subscription))),
  };
}
