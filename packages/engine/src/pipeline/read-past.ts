import { assertNever, formatEntityTag, formatHttpDate, type ProblemEntry, type ResponsePlan } from "@unclash/core";
import type { StoredRecord } from "@unclash/core/store";
import { jsonPatchType } from "../conflicts/change.js";
import { nextLink } from "../http/paging.js";
import { malformed, notFound } from "../http/refusal.js";
import { contentResponse, emptyResponse, refusedResponse } from "../http/responses.js";
import { sentences } from "../http/sentences.js";
import { readConditions } from "../preconditions/conditions.js";
import { evaluatePage } from "../preconditions/evaluate-page.js";
import type { Addressed, CollectionExchange } from "../resources/collection-exchange.js";
import { stateOf } from "../states/selected-state.js";
import { compareVersions } from "../versions/difference.js";
import { findVersion, listVersions, readStates, readVersionParameter } from "../versions/history.js";
import { keepsPast, versionPath } from "../versions/links.js";
import { findStateAt, readAcceptDatetime } from "../versions/time-gate.js";
import { timeMap } from "../versions/time-map.js";
import { noStateResponse, pageResponse, type Shown, stateHeaders, stateResponse } from "./read.js";

/** Whether a GET of a resource is for a past state of it: by its query, or by its time. */
export function asksForPast({ request, header }: CollectionExchange, { retention }: Addressed["collection"]): boolean {
  if (request.query !== "" && new URLSearchParams(request.query).has("version")) return true;
  return header("accept-datetime") !== undefined && keepsPast({ retention });
}

/** GET and HEAD of a past state: by `?version=`, which comes first, or by `Accept-Datetime`. */
export async function answerPast(exchange: CollectionExchange, addressed: Addressed): Promise<ResponsePlan> {
  const versions = new URLSearchParams(exchange.request.query).getAll("version");
  if (versions.length > 0) return answerVersion(exchange, addressed, versions);
  const errors: ProblemEntry[] = [];
  const at = readAcceptDatetime(exchange.header("accept-datetime") ?? "", errors);
  const conditions = readConditions(exchange, undefined, errors);
  if (at === undefined || errors.length > 0) return refusedResponse(exchange, malformed(errors)); // 400
  const found = addressed.hidden ? undefined : await findStateAt(exchange, addressed, at);
  const headers = stateHeaders(exchange, addressed.collection);
  if (found !== undefined) headers["content-location"] = versionPath(exchange, addressed, found);
  return pastResponse(exchange, addressed, found, { conditions, headers, isPast: true });
}

/** GET and HEAD of a version: that state, byte for byte as it was served when it was the current one. */
export async function answerVersion(
  exchange: CollectionExchange,
  addressed: Addressed,
  versions: readonly string[],
): Promise<ResponsePlan> {
  const errors: ProblemEntry[] = [];
  const version = readVersionParameter("version", versions, errors);
  const conditions = readConditions(exchange, undefined, errors);
  if (version === undefined || errors.length > 0) return refusedResponse(exchange, malformed(errors)); // 400
  const { collection, key } = addressed;
  const found = addressed.hidden ? undefined : await findVersion(exchange, addressed, version);
  if (found === undefined) return refusedResponse(exchange, notFound(sentences.versionOf(key, version))); // 404
  const headers = exchange.cachingHeaders(collection.cacheControl);
  return pastResponse(exchange, addressed, found, { conditions, headers, isPast: true });
}

/** The answer that shows a past state: 404, 410, 304, 412, 200. */
async function pastResponse(
  exchange: CollectionExchange,
  addressed: Addressed,
  found: StoredRecord | undefined,
  shown: Shown,
): Promise<ResponsePlan> {
  const state = stateOf(addressed.collection, found);
  if (state !== undefined) return stateResponse(exchange, addressed, state, shown);
  const dated = found && { "memento-datetime": formatHttpDate(found.modifiedAt) };
  return noStateResponse(exchange, addressed, found, { ...shown.headers, ...dated });
}

/** GET and HEAD of a history: the states that the resource had, the newest first, a deleted one's too. */
export async function answerHistory(exchange: CollectionExchange, addressed: Addressed): Promise<ResponsePlan> {
  const { collection, id } = addressed;
  const page = await listVersions(exchange, addressed);
  if (page.kind === "refused") return refusedResponse(exchange, page); //                      400, 404
  const path = `${exchange.pathOf(collection.name, id)}/versions`;
  return pageResponse(path, page, exchange.cachingHeaders(collection.cacheControl)); //          200
}

/** GET and HEAD of a TimeMap: the same states as links, with their times. */
export async function answerTimeMap(exchange: CollectionExchange, addressed: Addressed): Promise<ResponsePlan> {
  const { collection, id } = addressed;
  const page = await readStates(exchange, addressed);
  if (page.kind === "refused") return refusedResponse(exchange, page); //                      400, 404
  const { type, text } = timeMap(exchange, addressed, page);
  const headers = exchange.cachingHeaders(collection.cacheControl);
  const vary = [headers["vary"], "accept"].filter((names) => names !== undefined).join(", ");
  const path = `${exchange.pathOf(collection.name, id)}/timemap`;
  const link = nextLink(path, page.limit, page.next);
  return contentResponse(200, "ok", { ...headers, vary, "content-type": type, ...link }, text); // 200
}

/** GET and HEAD of a difference: a JSON Patch that makes the fields of one state of those of another. */
export async function answerDifference(exchange: CollectionExchange, addressed: Addressed): Promise<ResponsePlan> {
  const errors: ProblemEntry[] = [];
  const conditions = readConditions(exchange, undefined, errors);
  const compared = await compareVersions(exchange, addressed, errors);
  if (compared.kind === "refused") return refusedResponse(exchange, compared); //              400, 404, 410
  const { etag } = compared;
  const caching = exchange.cachingHeaders(addressed.collection.cacheControl);
  const headers = { ...caching, etag: formatEntityTag(etag) };
  const { key } = addressed;
  const verdict = evaluatePage(exchange, conditions, { resource: key, etag, detail: sentences.stateDiffers(key) });
  switch (verdict.kind) {
    case "not-modified":
      return emptyResponse(304, "not-modified", headers); //                                     304
    case "refused":
      return refusedResponse(exchange, verdict); //                                              412
    case "proceed":
      return contentResponse(200, "ok", { ...headers, "content-type": jsonPatchType }, compared.text()); // 200
    default:
      return assertNever(verdict);
  }
}
