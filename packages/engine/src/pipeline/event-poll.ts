import { type ProblemEntry, parsePrefer, preferredWaitSeconds, type ResponsePlan } from "@unclash/core";
import { listText, malformedCursor, nextLink, readPageQuery } from "../http/paging.js";
import { malformed, refused } from "../http/refusal.js";
import { contentResponse, refusedResponse } from "../http/responses.js";
import { sentences } from "../http/sentences.js";
import { cursorOfId, eventIdOf } from "../notifications/event.js";
import { type EventBatch, nextBatch } from "../notifications/event-batch.js";
import type { EventFilter } from "../notifications/event-filter.js";
import { readFilter } from "../notifications/event-query.js";
import { EventReader } from "../notifications/event-reader.js";
import { type NotifiedExchange, notificationsOf } from "../notifications/notified-exchange.js";
import { ownerOf, subscriptionsName } from "../notifications/subscription.js";

/** What a poll asks for. */
interface Poll {
  readonly filter: EventFilter;
  readonly limit: number;
  /** The id of the place behind which it looks; nothing means the oldest event that is kept. */
  readonly after: string | undefined;
  /** How long it waits for an event where there is none, in seconds. */
  readonly waitSeconds: number | undefined;
}

/** GET and HEAD of the events behind a place, as a list. */
export async function answerEventPoll(exchange: NotifiedExchange): Promise<ResponsePlan> {
  const errors: ProblemEntry[] = [];
  const query = new URLSearchParams(exchange.request.query);
  const poll = readPoll(exchange, query, errors);
  if (errors.length > 0) return refusedResponse(exchange, malformed(errors)); //                         400
  const { waits } = notificationsOf(exchange);
  const leave = poll.waitSeconds === undefined ? () => {} : waits.acquire(ownerOf(exchange.actor, exchange.request));
  if (leave === undefined) return refusedResponse(exchange, tooManyWaits); //                            429
  try {
    return batchResponse(exchange, query, poll, await waitForBatch(exchange, poll)); //                  200
  } finally {
    leave();
  }
}

function readPoll(exchange: NotifiedExchange, query: URLSearchParams, errors: ProblemEntry[]): Poll {
  const { requestLimits } = exchange.settings;
  const { limit, cursor } = readPageQuery(query, { ...requestLimits, parameters: ["resource", "type"] }, errors);
  if (cursor !== undefined && cursorOfId(cursor) === undefined) errors.push(malformedCursor);
  const filter = readFilter(exchange, query, errors);
  const preferences = parsePrefer(exchange.header("prefer") ?? "", { itemsMax: requestLimits.preferItemsMax });
  const { pollWaitSecondsMax } = notificationsOf(exchange).limits;
  return { filter, limit, after: cursor, waitSeconds: preferredWaitSeconds(preferences, pollWaitSecondsMax) };
}

const tooManyWaits = refused("quota-exceeded", sentences.tooManyPolls, {
  members: { "violated-policies": ["streams"] },
  headers: { "retry-after": "1" },
});

/** Looks for events until there is one, all that may be looked at was, or the time is over. */
async function waitForBatch(exchange: NotifiedExchange, poll: Poll): Promise<EventBatch> {
  const { settings } = exchange;
  const { hub, limits } = notificationsOf(exchange);
  const reader = new EventReader(exchange, [poll.filter]);
  const bounds = { limit: poll.limit, scanMax: limits.eventScanMax, bytesMax: settings.requestLimits.pageBytesMax };
  const endsAt = performance.now() + (poll.waitSeconds ?? 0) * 1_000;
  let after = poll.after === undefined ? undefined : cursorOfId(poll.after);
  for (;;) {
    const batch = await nextBatch(hub, reader, after, bounds);
    const timeoutMs = endsAt - performance.now();
    if (batch.items.length > 0 || batch.isReset || !batch.isAtEnd || timeoutMs <= 0) return batch;
    after = batch.next;
    const { kind } = await settings.lifecycle.wait<void>(
      { timeoutMs, disconnected: exchange.disconnected() },
      (settle) => {
        const stop = hub.listen(settle);
        if (hub.hasNews(batch.next)) settle();
        return stop;
      },
    );
    if (kind === "disconnected") exchange.isUnanswered = true;
    if (kind !== "settled") return batch;
  }
}

function batchResponse(
  exchange: NotifiedExchange,
  query: URLSearchParams,
  { limit, waitSeconds }: Poll,
  { items, next: place, isReset }: EventBatch,
): ResponsePlan {
  const next = eventIdOf(place);
  const filters = [...query].filter(([name]) => name === "resource" || name === "type");
  const headers = {
    "cache-control": "no-store",
    ...nextLink(exchange.pathOf(subscriptionsName, "events"), limit, next, filters),
    ...(waitSeconds !== undefined && { "preference-applied": `wait=${waitSeconds}` }),
  };
  const list = listText(items, next);
  return contentResponse(200, "ok", headers, isReset ? `${list.slice(0, -1)},"reset":true}` : list);
}
