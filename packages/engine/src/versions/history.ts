import {
  formatHttpDate,
  type HistoryRequest,
  type ProblemEntry,
  pageLimitMax,
  type ResponsePlan,
  type StoredRecord,
} from "@unclash/core";
import type { Exchange } from "../access/exchange.js";
import { formatCursor, listText, malformedCursor, nextLink, readCursor, readPageQuery } from "../http/paging.js";
import { contentPlan } from "../http/responses.js";
import { type Addressed, cachingHeaders, conditionalPlan, readConditions } from "../pipeline/read.js";
import type { Collection } from "../resources/collection.js";
import { goneOrMissing, notFound } from "../resources/refusals.js";
import { malformedPlan } from "../resources/write-request.js";
import { etagHeader, shownVersion } from "../states/representation.js";

/** Entity-tags made from content need the texts, which may be large: so many states are a page of such a history at most. */
const pastTextsMax = 16;

/** `GET /{c}/{id}/versions`: the states that the resource had, the newest first, a deleted one's too. */
export async function listVersions(exchange: Exchange, addressed: Addressed): Promise<ResponsePlan> {
  const { collection, id, key, hidden } = addressed;
  const errors: ProblemEntry[] = [];
  const { store, limits } = exchange.settings;
  const { limit: asked, cursor } = readPageQuery(new URLSearchParams(exchange.request.query), limits, errors);
  const before = cursor === undefined ? undefined : wholeNumber(readCursor(cursor) ?? "");
  if (cursor !== undefined && before === undefined) errors.push(malformedCursor);
  if (errors.length > 0) return malformedPlan(exchange, errors);
  if (hidden) return notFound(exchange, key);
  const texts = collection.digest !== undefined;
  const limit = Math.min(asked, texts ? pastTextsMax : pageLimitMax - 1);
  const request: HistoryRequest = { limit: limit + 1, texts, ...(before !== undefined && { before }) };
  const { records, more = records.length > limit } = await store.history(key, request);
  if (records.length === 0 && (await store.read([key])).records[0] === undefined) return notFound(exchange, key);
  const shown = records.slice(0, limit);
  const next = more ? formatCursor(String(shown.at(-1)?.version)) : null;
  const path = `${exchange.pathOf(collection.name, id)}/versions`;
  const items = shown.map((record) => JSON.stringify(versionItem(collection, record)));
  return contentPlan(
    200,
    "ok",
    { ...cachingHeaders(exchange, collection), ...nextLink(path, limit, next) },
    listText(items, next),
  );
}

function versionItem(collection: Collection, record: StoredRecord): object {
  return {
    version: shownVersion(collection, record),
    ...(record.deleted !== true && { etag: etagHeader(collection, record) }),
    modifiedAt: new Date(record.modifiedAt).toISOString(),
    ...(record.by !== null && { author: record.by }),
    cause: record.cause,
    ...(record.deleted && { deleted: true }),
  };
}

/** `GET /{c}/{id}/versions/{n}`: that state, byte for byte as it was served when it was the current one. */
export async function readVersion(
  exchange: Exchange,
  { collection, id, key, hidden }: Addressed,
  raw: string,
): Promise<ResponsePlan> {
  const version = wholeNumber(raw);
  const errors: ProblemEntry[] = [];
  if (version === undefined)
    errors.push({ code: "malformed-version", parameter: "version", detail: "A version is a whole number." });
  const parsed = readConditions(exchange);
  if (parsed.kind === "malformed") errors.push(...parsed.errors);
  if (version === undefined || parsed.kind === "malformed") return malformedPlan(exchange, errors);
  if (hidden) return notFound(exchange, `${key} in version ${version}`);
  const before = Math.min(version + 1, Number.MAX_SAFE_INTEGER);
  const where = collection.timestamps ? { at: version } : { before };
  const {
    records: [record],
  } = await exchange.settings.store.history(key, { ...where, limit: 1, texts: true });
  if (record === undefined || shownVersion(collection, record) !== version)
    return notFound(exchange, `${key} in version ${version}`);
  if (record.text === null) return goneOrMissing(exchange, { collection, id }, record);
  const instead = conditionalPlan(exchange, { collection, id }, record, parsed.conditions);
  if (instead !== undefined) return instead;
  const headers = {
    ...cachingHeaders(exchange, collection),
    etag: etagHeader(collection, record),
    "memento-datetime": formatHttpDate(record.modifiedAt),
  };
  return contentPlan(200, "ok", headers, record.text);
}

function wholeNumber(text: string): number | undefined {
  const number = Number(text);
  return /^[0-9]{1,16}$/.test(text) && Number.isSafeInteger(number) ? number : undefined;
}
