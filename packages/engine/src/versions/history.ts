import type { ProblemEntry } from "@unclash/core";
import { type HistoryRequest, type Key, pageLimitMax, type StoredRecord } from "@unclash/core/store";
import { formatCursor, malformedCursor, type Page, readCursor, readPageQuery } from "../http/paging.js";
import { malformed, notFound, type Refused } from "../http/refusal.js";
import { sentences } from "../http/sentences.js";
import type { Collection } from "../resources/collection.js";
import type { Addressed, CollectionExchange } from "../resources/collection-exchange.js";
import { etagHeader, shownVersion, storedShape } from "../states/representation.js";
import { findRedactions, type Redaction } from "./redaction-records.js";

/**
 * Entity-tags made from content need the texts, which may be large: so many states are a page of such a history at
 * most.
 */
const pastTextsMax = 16;

/** A page of the states that a resource had, the newest first, tombstones among them. */
export interface StatePage {
  readonly records: readonly StoredRecord[];
  readonly limit: number;
  /** The cursor of the next page; `null` on the last one. */
  readonly next: string | null;
  /** That of this page, where it is not the first one. */
  readonly cursor: string | undefined;
}

/** A page of a resource's history, as JSON. */
export async function listVersions(
  exchange: CollectionExchange,
  addressed: Addressed,
): Promise<({ readonly kind: "page" } & Page) | Refused> {
  const { collection, key } = addressed;
  const page = await readStates(exchange, addressed, collection.digest === undefined ? undefined : pastTextsMax);
  if (page.kind === "refused") return page;
  const { records } = page;
  const redactions = await findRedactions(
    exchange.reader,
    key,
    records.map(({ version }) => version),
  );
  const items = records.map((record) =>
    JSON.stringify(versionItem(collection, record, redactions.get(record.version))),
  );
  return { kind: "page", items, limit: page.limit, next: page.next };
}

/**
 * Reads the page of a history that `limit` and `after` of a request ask for.
 *
 * @param textsMax how many states a page may have, of which the texts are read; `undefined`: none is
 */
export async function readStates(
  exchange: CollectionExchange,
  { key, hidden }: Addressed,
  textsMax?: number,
): Promise<({ readonly kind: "page" } & StatePage) | Refused> {
  const errors: ProblemEntry[] = [];
  const { reader, settings, request } = exchange;
  const { limit: asked, cursor } = readPageQuery(new URLSearchParams(request.query), settings.requestLimits, errors);
  const before = cursor === undefined ? undefined : wholeNumber(readCursor(cursor) ?? "");
  if (cursor !== undefined && before === undefined) errors.push(malformedCursor);
  if (errors.length > 0) return malformed(errors);
  if (hidden) return notFound(key);
  const texts = textsMax !== undefined;
  const limit = Math.min(asked, textsMax ?? pageLimitMax - 1);
  const range: HistoryRequest = { limit: limit + 1, texts, ...(before !== undefined && { before }) };
  const { records, more = records.length > limit } = await reader.history(key, range);
  if (records.length === 0 && (await reader.read([key])).records[0] === undefined) return notFound(key);
  const shown = records.slice(0, limit);
  const next = more ? formatCursor(String(shown.at(-1)?.version)) : null;
  return { kind: "page", records: shown, limit, next, cursor };
}

/** An item of a history: who made which state, when and why, and who took what out of it since. */
function versionItem(
  collection: Collection,
  record: StoredRecord,
  redactions: readonly Redaction[] | undefined,
): object {
  return {
    version: shownVersion(collection, record),
    ...(record.deleted !== true && { etag: etagHeader(collection, record) }),
    modifiedAt: new Date(record.modifiedAt).toISOString(),
    ...(record.by !== null && { author: record.by }),
    cause: record.cause,
    ...(record.deleted && { deleted: true }),
    ...(redactions !== undefined && {
      redactions: redactions.map(({ paths, ...redaction }) => ({
        ...redaction,
        paths: paths.map((pointer) => pointerOfPast(collection, record, pointer)),
      })),
    }),
  };
}

/** Finds the state that a resource had at a version, as clients name it; a tombstone too. */
export async function findVersion(
  { reader }: Pick<CollectionExchange, "reader">,
  { collection, key }: { readonly collection: Collection; readonly key: Key },
  version: number,
): Promise<StoredRecord | undefined> {
  const before = Math.min(version + 1, Number.MAX_SAFE_INTEGER);
  const where = collection.timestamps ? { at: version } : { before };
  const { records } = await reader.history(key, { ...where, limit: 1, texts: true });
  return records.find((record) => shownVersion(collection, record) === version);
}

/** The version that a parameter or a path holds; what is no whole number is added to the errors. */
export function readVersionParameter(
  parameter: string,
  values: readonly string[],
  errors: ProblemEntry[],
): number | undefined {
  const [value, ...others] = values;
  const version = others.length > 0 ? undefined : wholeNumber(value ?? "");
  if (version === undefined) errors.push({ code: "malformed-version", parameter, detail: sentences.versionInPath });
  return version;
}

/** The whole number that a text holds. */
function wholeNumber(text: string): number | undefined {
  const number = Number(text);
  return /^(?:0|[1-9][0-9]{0,15})$/.test(text) && Number.isSafeInteger(number) ? number : undefined;
}

/** A JSON Pointer into a past state, as the caller's API version has it: its schemas say what there was. */
function pointerOfPast({ view }: Collection, record: StoredRecord, pointer: string): string {
  if (view === undefined) return pointer;
  return view.chain.renamePointer(pointer, storedShape({ view }, record), view.version.number, {});
}
