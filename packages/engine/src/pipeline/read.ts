import {
  assertNever,
  type Conditions,
  evaluatePreconditions,
  formatEntityTag,
  formatHttpDate,
  type ProblemEntry,
  type ResponsePlan,
} from "@unclash/core";
import type { StoredRecord } from "@unclash/core/store";
import { readByKey } from "../commits/snapshot.js";
import { conflict } from "../conflicts/conflict.js";
import { listText, nextLink, type Page } from "../http/paging.js";
import { malformed, notFound } from "../http/refusal.js";
import { contentResponse, emptyResponse, lastModified, refusedResponse } from "../http/responses.js";
import { listCursor } from "../notifications/list-cursor.js";
import type { NotifiedExchange } from "../notifications/notified-exchange.js";
import { readConditions } from "../preconditions/conditions.js";
import { evaluatePage } from "../preconditions/evaluate-page.js";
import type { Collection } from "../resources/collection.js";
import type { Addressed, CollectionExchange } from "../resources/collection-exchange.js";
import { listResources, readListQuery } from "../resources/list.js";
import { goneOrMissing } from "../resources/refusals.js";
import { showsContent, stateLinks } from "../resources/stale-conflict.js";
import { fieldsIn } from "../states/representation.js";
import { currentState, type RecordState, stateOf } from "../states/selected-state.js";
import { historyLinks, keepsPast } from "../versions/links.js";

type Headers = Readonly<Record<string, string>>;

/** GET and HEAD of a resource: its text as it was stored, or 304 from its version alone. */
export async function answerRead(exchange: CollectionExchange, addressed: Addressed): Promise<ResponsePlan> {
  const errors: ProblemEntry[] = [];
  const conditions = readConditions(exchange, undefined, errors);
  if (errors.length > 0) return refusedResponse(exchange, malformed(errors)); //                 400
  const snapshot = await readByKey(exchange.reader, [addressed.key]);
  const stored = addressed.hidden ? undefined : snapshot.record(addressed.key);
  const permission =
    stored === undefined || stored.deleted
      ? undefined
      : await exchange.askAgain(["read"], addressed.key, fieldsIn(addressed.collection, stored));
  if (permission?.kind === "refused") return refusedResponse(exchange, permission); //           401, 403
  const found = permission?.kind === "hidden" ? undefined : stored;
  const state = stateOf(addressed.collection, found);
  const headers = stateHeaders(exchange, addressed.collection);
  return state === undefined
    ? noStateResponse(exchange, addressed, found, headers) //                                    404, 410
    : stateResponse(exchange, addressed, state, { conditions, headers, isPast: false }); //      304, 412, 200
}

/** GET and HEAD of a collection: a page of the resources that the caller may read, by id. */
export async function answerList(
  exchange: NotifiedExchange,
  { collection, hidden }: { readonly collection: Collection; readonly hidden: boolean },
): Promise<ResponsePlan> {
  const errors: ProblemEntry[] = [];
  const query = await readListQuery(exchange, collection, errors);
  const conditions = readConditions(exchange, undefined, errors);
  if (errors.length > 0) return refusedResponse(exchange, malformed(errors)); //                 400
  if (hidden) return refusedResponse(exchange, notFound(`${collection.name}/*`)); //           404
  const cursor = await listCursor(exchange);
  const page = await listResources(exchange, collection, query);
  const { etag } = page;
  const headers = { ...exchange.cachingHeaders(collection.cacheControl), etag: formatEntityTag(etag), ...cursor };
  const verdict = evaluatePage(exchange, conditions, { resource: collection.name, etag });
  switch (verdict.kind) {
    case "not-modified":
      return emptyResponse(304, "not-modified", headers); //                                     304
    case "refused":
      return refusedResponse(exchange, verdict); //                                              412
    case "proceed":
      return pageResponse(exchange.pathOf(collection.name), page, headers); //                   200
    default:
      return assertNever(verdict);
  }
}

/** How a state is shown. */
export interface Shown {
  readonly conditions: Conditions;
  /** The headers of a 200 and of a 304 alike; they are added to. */
  readonly headers: Record<string, string>;
  /** It is shown as it was at its time, and not as what is there now: as a Memento (RFC 7089 §2.2.4). */
  readonly isPast: boolean;
}

/**
 * The answer that shows a state, or 304 or 412 in its place, as the conditions ask for that. Every GET of a resource,
 * in whatever version, comes through here.
 */
export function stateResponse(
  exchange: CollectionExchange,
  addressed: Addressed,
  state: RecordState,
  { conditions, headers, isPast }: Shown,
): ResponsePlan {
  const { collection, id, key } = addressed;
  const verdict = evaluatePreconditions(exchange.request.method, conditions, currentState(state));
  switch (verdict.kind) {
    case "proceed":
      headers["etag"] = formatEntityTag(state.etag);
      if (isPast) headers["memento-datetime"] = formatHttpDate(state.modifiedAt);
      else headers["last-modified"] = lastModified(state);
      headers["link"] = historyLinks(exchange, addressed, state.record);
      return contentResponse(200, "ok", headers, state.text);
    case "not-modified":
      headers["etag"] = formatEntityTag(state.etag);
      return emptyResponse(304, "not-modified", headers);
    case "failed":
      return refusedResponse(
        exchange,
        conflict(exchange, {
          resource: key,
          conditions,
          failed: verdict.condition,
          current: state,
          isDisclosed: true,
          showsContent: showsContent(collection),
          strategy: "reject",
          links: stateLinks(exchange, collection, id),
        }),
      );
    default:
      return assertNever(verdict);
  }
}

/** 410 or 404 in place of a state that is none; of a tombstone with the links that lead to what was before. */
export async function noStateResponse(
  exchange: CollectionExchange,
  addressed: Addressed,
  found: StoredRecord | undefined,
  headers: Headers,
): Promise<ResponsePlan> {
  const refusal = await goneOrMissing(exchange, addressed, found);
  const response = refusedResponse(exchange, refusal);
  if (found === undefined || refusal.refusal.slug !== "gone") return response;
  const link = historyLinks(exchange, addressed, found);
  return { ...response, headers: { ...headers, link, ...response.headers } };
}

/** The answer that shows a page of a list. */
export function pageResponse(path: string, { items, limit, next }: Page, headers: Headers): ResponsePlan {
  return contentResponse(200, "ok", { ...headers, ...nextLink(path, limit, next) }, listText(items, next));
}

/** The headers that all answers about the states of a resource have: a TimeGate says so to caches (RFC 7089 §2.1.2). */
export function stateHeaders(exchange: CollectionExchange, collection: Collection): Record<string, string> {
  const headers = exchange.cachingHeaders(collection.cacheControl);
  if (!keepsPast(collection)) return headers;
  const { vary } = headers;
  headers["vary"] = vary === undefined ? "accept-datetime" : `${vary}, accept-datetime`;
  return headers;
}
