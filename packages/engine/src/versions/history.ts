import type { ProblemEntry } from "@unclash/core";
import { type HistoryRequest, pageLimitMax, type StoredRecord } from "@unclash/core/store";
import { formatCursor, malformedCursor, type Page, readCursor, readPageQuery } from "../http/paging.js";
import { malformed, notFound, type Refused } from "../http/refusal.js";
import { sentences } from "../http/sentences.js";
import type { Collection } from "../resources/collection.js";
import type { Addressed, CollectionExchange } from "../resources/collection-exchange.js";
import { etagHeader, shownVersion } from "../states/representation.js";

/**
 * Entity-tags made from content need the texts, which may be large: so many states are a page of such a history at
 * most.
 */
const pastTextsMax = 16;

/** A page of the states that a resource had, the newest first. */
export async function listVersions(
  exchange: CollectionExchange,
  { collection, key, hidden }: Addressed,
): Promise<({ readonly kind: "page" } & Page) | Refused> {
  const errors: ProblemEntry[] = [];
  const { reader, settings, request } = exchange;
  const { limit: asked, cursor } = readPageQuery(new URLSearchParams(request.query), settings.requestLimits, errors);
  const before = cursor === undefined ? undefined : wholeNumber(readCursor(cursor) ?? "");
  if (cursor !== undefined && before === undefined) errors.push(malformedCursor);
  if (errors.length > 0) return malformed(errors);
  if (hidden) return notFound(key);
  const texts = collection.digest !== undefined;
  const limit = Math.min(asked, texts ? pastTextsMax : pageLimitMax - 1);
  const range: HistoryRequest = { limit: limit + 1, texts, ...(before !== undefined && { before }) };
  const { records, more = records.length > limit } = await reader.history(key, range);
  if (records.length === 0 && (await reader.read([key])).records[0] === undefined) return notFound(key);
  const shown = records.slice(0, limit);
  const next = more ? formatCursor(String(shown.at(-1)?.version)) : null;
  const items = shown.map((record) => JSON.stringify(versionItem(collection, record)));
  return { kind: "page", items, limit, next };
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

/** Finds the state that a resource had at a version, a tombstone too. */
export async function findVersion(
  { reader }: CollectionExchange,
  { collection, key }: Addressed,
  version: number,
): Promise<StoredRecord | undefined> {
  const before = Math.min(version + 1, Number.MAX_SAFE_INTEGER);
  const where = collection.timestamps ? { at: version } : { before };
  const { records } = await reader.history(key, { ...where, limit: 1, texts: true });
  return records.find((record) => shownVersion(collection, record) === version);
}

/** What is said of a version in a path that is none. */
export const malformedVersionNumber: ProblemEntry = {
  code: "malformed-version",
  parameter: "version",
  detail: sentences.versionInPath,
};

/** The whole number that a text holds. */
export function wholeNumber(text: string): number | undefined {
  const number = Number(text);
  return /^(?:0|[1-9][0-9]{0,15})$/.test(text) && Number.isSafeInteger(number) ? number : undefined;
}
