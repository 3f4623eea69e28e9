import {
  assertNever,
  type Conditions,
  evaluatePreconditions,
  formatEntityTag,
  formatHttpDate,
  type ProblemEntry,
  type ResponsePlan,
} from "@unclash/core";
import { readByKey } from "../commits/snapshot.js";
import { conflict } from "../conflicts/conflict.js";
import { listText, nextLink, type Page } from "../http/paging.js";
import { malformed, notFound } from "../http/refusal.js";
import { contentResponse, emptyResponse, lastModified, refusedResponse } from "../http/responses.js";
import { readConditions } from "../preconditions/conditions.js";
import { evaluatePage } from "../preconditions/evaluate-page.js";
import type { Collection } from "../resources/collection.js";
import type { Addressed, CollectionExchange } from "../resources/collection-exchange.js";
import { listResources, readListQuery } from "../resources/list.js";
import { goneOrMissing } from "../resources/refusals.js";
import { showsContent, stateLinks } from "../resources/stale-write.js";
import { fieldsIn } from "../states/representation.js";
import { currentState, type RecordState, stateOf } from "../states/selected-state.js";
import { findVersion, listVersions, malformedVersionNumber, wholeNumber } from "../versions/history.js";

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
  if (state === undefined) {
    return refusedResponse(exchange, await goneOrMissing(exchange, addressed, found)); //        404, 410
  }
  const instead = conditionalResponse(exchange, addressed, state, conditions); //                304, 412
  return instead ?? currentResponse(exchange, addressed, state); //                              200
}

/** GET and HEAD of a past version: that state, byte for byte as it was served when it was the current one. */
export async function answerVersion(
  exchange: CollectionExchange,
  addressed: Addressed,
  rawVersion: string,
): Promise<ResponsePlan> {
  const version = wholeNumber(rawVersion);
  const errors: ProblemEntry[] = version === undefined ? [malformedVersionNumber] : [];
  const conditions = readConditions(exchange, undefined, errors);
  if (version === undefined || errors.length > 0) return refusedResponse(exchange, malformed(errors)); // 400
  const found = addressed.hidden ? undefined : await findVersion(exchange, addressed, version);
  if (found === undefined) return refusedResponse(exchange, notFound(`${addressed.key} in version ${version}`)); // 404
  const state = stateOf(addressed.collection, found);
  if (state === undefined) return refusedResponse(exchange, await goneOrMissing(exchange, addressed, found)); // 410
  const instead = conditionalResponse(exchange, addressed, state, conditions); //                304, 412
  return instead ?? pastResponse(exchange, addressed, state); //                                 200
}

/** GET and HEAD of a collection: a page of the resources that the caller may read, by id. */
export async function answerList(
  exchange: CollectionExchange,
  { collection, hidden }: { readonly collection: Collection; readonly hidden: boolean },
): Promise<ResponsePlan> {
  const errors: ProblemEntry[] = [];
  const query = await readListQuery(exchange, collection, errors);
  const conditions = readConditions(exchange, undefined, errors);
  if (errors.length > 0) return refusedResponse(exchange, malformed(errors)); //                 400
  if (hidden) return refusedResponse(exchange, notFound(`${collection.name}/*`)); //           404
  const page = await listResources(exchange, collection, query);
  const { etag } = page;
  const headers = { ...exchange.cachingHeaders(collection.cacheControl), etag: formatEntityTag(etag) };
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

/** GET and HEAD of a history: the states that the resource had, the newest first, a deleted one's too. */
export async function answerHistory(exchange: CollectionExchange, addressed: Addressed): Promise<ResponsePlan> {
  const { collection, id } = addressed;
  const page = await listVersions(exchange, addressed);
  if (page.kind === "refused") return refusedResponse(exchange, page); //                      400, 404
  const path = `${exchange.pathOf(collection.name, id)}/versions`;
  return pageResponse(path, page, exchange.cachingHeaders(collection.cacheControl)); //          200
}

/** 304 or 412 in place of a state, where the conditions ask for that; nothing where the state is to be sent. */
function conditionalResponse(
  exchange: CollectionExchange,
  { collection, id, key }: Addressed,
  state: RecordState,
  conditions: Conditions,
): ResponsePlan | undefined {
  const verdict = evaluatePreconditions(exchange.request.method, conditions, currentState(state));
  switch (verdict.kind) {
    case "proceed":
      return undefined;
    case "not-modified": {
      const headers = { ...exchange.cachingHeaders(collection.cacheControl), etag: formatEntityTag(state.etag) };
      return emptyResponse(304, "not-modified", headers);
    }
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

/** A current state, with when it was made, and links to its neighbours in time (RFC 5829). */
function currentResponse(
  exchange: CollectionExchange,
  { collection, id }: Addressed,
  state: RecordState,
): ResponsePlan {
  const path = exchange.pathOf(collection.name, id);
  const links = `<${path}>; rel="latest-version", <${path}/versions>; rel="version-history"`;
  const hasPredecessor = state.record.version > 1 && !collection.timestamps && collection.retention !== "none";
  const headers = exchange.cachingHeaders(collection.cacheControl);
  headers["etag"] = formatEntityTag(state.etag);
  headers["last-modified"] = lastModified(state);
  headers["link"] = hasPredecessor
    ? `${links}, <${path}/versions/${state.version - 1}>; rel="predecessor-version"`
    : links;
  return contentResponse(200, "ok", headers, state.record.text ?? "");
}

function pastResponse(exchange: CollectionExchange, { collection }: Addressed, state: RecordState): ResponsePlan {
  const headers = exchange.cachingHeaders(collection.cacheControl);
  headers["etag"] = formatEntityTag(state.etag);
  headers["memento-datetime"] = formatHttpDate(state.modifiedAt);
  return contentResponse(200, "ok", headers, state.record.text ?? "");
}

function pageResponse(path: string, { items, limit, next }: Page, headers: Headers): ResponsePlan {
  return contentResponse(200, "ok", { ...headers, ...nextLink(path, limit, next) }, listText(items, next));
}
