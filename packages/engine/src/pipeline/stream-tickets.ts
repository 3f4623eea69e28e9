import { isStoreError, type ProblemEntry, type ResponsePlan } from "@unclash/core";
import { type Actor, type Caller, defaultChallenge } from "../access/actor.js";
import type { Permission } from "../access/resource-exchange.js";
import { warnOfStore } from "../commits/store-failure.js";
import { unknownParameters } from "../http/paging.js";
import { malformed, type Refused, refused, unavailable } from "../http/refusal.js";
import type { RequestFacts } from "../http/request.js";
import { contentResponse, refusedResponse } from "../http/responses.js";
import { sentences } from "../http/sentences.js";
import { type NotifiedExchange, type NotifiedSettings, notificationsOf } from "../notifications/notified-exchange.js";
import { issueTicket, redeemTicket } from "../notifications/stream-ticket.js";

/** Whoever is known may have tickets. Anonymous callers need none: they may open a stream as they are. */
export async function askForTicket({ settings, actor }: NotifiedExchange): Promise<Permission> {
  if (settings.notifications === undefined) return { kind: "hidden" };
  if (actor !== undefined) return { kind: "allowed" };
  return settings.identify === undefined ? refused("forbidden", sentences.ticketNeedsActor) : ticketNeedsActor;
}

const challenge = { headers: { "www-authenticate": defaultChallenge } };
const ticketNeedsActor = refused("unauthenticated", sentences.ticketNeedsActor, challenge);

/** POST of a ticket. */
export async function answerTicket(exchange: NotifiedExchange): Promise<ResponsePlan> {
  const query = new URLSearchParams(exchange.request.query);
  const errors: readonly ProblemEntry[] = unknownParameters(query, [], sentences.noParameters);
  if (errors.length > 0) return refusedResponse(exchange, malformed(errors)); // 400
  const { store, requestLimits } = exchange.settings;
  const { ticketMs } = notificationsOf(exchange).limits;
  const { ticket, expiresAt } = await issueTicket(store, callerOf(exchange), { ticketMs, ...requestLimits }); // 503
  const body = JSON.stringify({ ticket, expiresAt: new Date(expiresAt).toISOString() });
  return contentResponse(201, "created", { "cache-control": "no-store" }, body);
}

function callerOf({ actor }: NotifiedExchange): Actor {
  if (actor === undefined) throw new TypeError("A ticket was asked for by nobody.");
  return actor;
}

/**
 * Identifies whoever asks for a stream with a ticket, in the place of the app: a browser's `EventSource` can send no
 * credentials besides, and an app may refuse a request without them. Nothing where there is no ticket.
 */
export function identifyByTicket(
  settings: NotifiedSettings,
  { method, query }: RequestFacts,
): Promise<Caller> | undefined {
  if (settings.notifications === undefined) return undefined;
  const [ticket, ...others] = new URLSearchParams(query).getAll("ticket");
  return ticket === undefined || others.length > 0 ? undefined : redeem(settings, ticket, method);
}

async function redeem({ store, requestLimits }: NotifiedSettings, ticket: string, method: string): Promise<Caller> {
  try {
    // HEAD changes nothing (RFC 9110 §9.2.1).
    const actor = await redeemTicket(store, ticket, requestLimits, method !== "HEAD");
    return actor === undefined ? wrongTicket : { kind: "known", actor };
  } catch (thrown) {
    if (!isStoreError(thrown)) throw thrown;
    warnOfStore(thrown);
    return unavailable(thrown.outcome, sentences.storeUnanswered);
  }
}

const wrongTicket: Refused = refused("unauthenticated", sentences.wrongTicket, challenge);
