import { eventStreamText, isStoreError, type ProblemEntry, type ResponsePlan, type StreamPlan } from "@unclash/core";
import type { Cursor, Text } from "@unclash/core/store";
import type { Permission } from "../access/resource-exchange.js";
import { warnOfStore } from "../commits/store-failure.js";
import { repeatedParameters, unknownParameters } from "../http/paging.js";
import { malformed, notFound } from "../http/refusal.js";
import { refusedResponse } from "../http/responses.js";
import { sentences } from "../http/sentences.js";
import { cursorOfId, eventIdOf } from "../notifications/event.js";
import type { EventFilter } from "../notifications/event-filter.js";
import { readFilter } from "../notifications/event-query.js";
import { EventReader } from "../notifications/event-reader.js";
import { EventStream, resetText } from "../notifications/event-stream.js";
import { type NotifiedExchange, notificationsOf } from "../notifications/notified-exchange.js";
import { findOwn } from "../notifications/own-subscription.js";
import type { StreamDecision } from "../notifications/stream-decision.js";
import { ownerOf } from "../notifications/subscription.js";
import { isObserved, publish } from "../observing/observer.js";

/** How long a client waits before it resumes, in milliseconds; clients differ by chance, so as not to come at once. */
const retryMs = { min: 1_000, max: 3_000 };

/** The same of one that has as many streams as it may. */
const overLimitRetryMs = 60_000;

/** All may ask for events, where they are told: about each event, permission is asked by itself. */
export async function askForEvents({ settings: { notifications } }: NotifiedExchange): Promise<Permission> {
  return notifications === undefined ? { kind: "hidden" } : { kind: "allowed" };
}

/** Its parameters that may be there once. */
const once: readonly string[] = ["after", "ticket", "subscription"];

/**
 * GET and HEAD of the stream of events. Once the request is understood it is 200, whatever comes: any other status ends
 * an `EventSource` for good (WHATWG HTML §9.2.3).
 */
export async function answerEventStream(exchange: NotifiedExchange): Promise<ResponsePlan | StreamPlan> {
  const errors: ProblemEntry[] = [];
  const query = new URLSearchParams(exchange.request.query);
  errors.push(...unknownParameters(query, ["resource", "type", ...once], sentences.streamParameters));
  errors.push(...repeatedParameters(query, once));
  const filter = readFilter(exchange, query, errors);
  if (errors.length > 0) return refusedResponse(exchange, malformed(errors)); // 400
  const { hub, limits, streams, texts } = notificationsOf(exchange);
  const leave = streams.acquire(ownerOf(exchange.actor, exchange.request));
  if (leave === undefined) return closedStream("quota-exceeded", overLimitText);
  try {
    const filters = await withSubscription(exchange, filter, query.get("subscription"));
    if (filters === undefined) {
      leave();
      return refusedResponse(exchange, notFound(sentences.suchSubscription)); // 404
    }
    const place = await hub.place();
    const stream = new EventStream({
      hub,
      limits,
      reader: new EventReader(exchange, filters),
      texts,
      ...beginning(exchange.header("last-event-id") || query.get("after"), place),
    });
    return streamPlan(exchange, stream, leave); // 200
  } catch (thrown) {
    leave();
    if (!isStoreError(thrown)) throw thrown;
    warnOfStore(thrown);
    return closedStream("store-unavailable", eventStreamText({ retryMs: jitteredRetryMs() }));
  }
}

/** The filter of a request, and that of a subscription of the caller's own that it names; nothing where it is none. */
async function withSubscription(
  exchange: NotifiedExchange,
  filter: EventFilter,
  id: string | null,
): Promise<readonly EventFilter[] | undefined> {
  if (id === null) return [filter];
  const found = await findOwn(exchange, id);
  if (found === undefined) return undefined;
  const { resources, types } = found.subscription;
  return [filter, { resources, types }];
}

/** Where a stream begins: where the client says that it was, or at this place. */
function beginning(id: string | null, now: Cursor): { readonly place: Cursor; readonly head: Text } {
  const named = id === null || id === "" ? now : cursorOfId(id);
  const retry = eventStreamText({ retryMs: jitteredRetryMs(), id: eventIdOf(named ?? now) });
  return named === undefined ? { place: now, head: retry + resetText(now) } : { place: named, head: retry };
}

function jitteredRetryMs(): number {
  return Math.round(retryMs.min + Math.random() * (retryMs.max - retryMs.min));
}

const head = {
  status: 200,
  headers: { "content-type": "text/event-stream", "cache-control": "no-store" },
} as const;

function streamPlan(exchange: NotifiedExchange, stream: EventStream, leave: () => void): StreamPlan {
  return {
    ...head,
    outcome: "ok",
    body: { [Symbol.asyncIterator]: () => stream },
    onBegin: (breakOff) => {
      stream.breakOff = breakOff;
    },
    onEnd: (end) => {
      stream.close();
      leave();
      if (stream.isBegun) publishEnd(exchange, stream.events, stream.ending ?? endings[end]);
    },
  };
}

/** How a stream ended that has not ended itself. */
const endings = { sent: "drained", aborted: "disconnected", failed: "failed" } as const;

/** Tells observers how a stream has ended. */
function publishEnd(exchange: NotifiedExchange, events: number, ending: StreamDecision["ending"]): void {
  const { actor, apiVersion, startedAt } = exchange;
  const { observe } = notificationsOf(exchange);
  if (!isObserved(observe)) return;
  publish<StreamDecision>(observe, {
    kind: "stream",
    apiVersion: apiVersion?.name,
    actor: actor?.name,
    ending,
    events,
    durationMs: performance.now() - startedAt,
  });
}

/** A stream that says why it is none, and is closed: its client comes again. */
function closedStream(outcome: string, text: Text): StreamPlan {
  return { ...head, outcome, body: textsOf(text) };
}

async function* textsOf(text: Text): AsyncGenerator<Text, void, undefined> {
  yield text;
}

const overLimitText = eventStreamText({
  retryMs: overLimitRetryMs,
  event: "limit",
  data: JSON.stringify({ slug: "quota-exceeded", policy: "streams" }),
});
