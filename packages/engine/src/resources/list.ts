import { createHash } from "node:crypto";
import { type EntityTag, idFault, type ProblemEntry } from "@unclash/core";
import type { Key, StoredRecord, Text } from "@unclash/core/store";
import { formatCursor, malformedCursor, type Page, readCursor, readPageQuery } from "../http/paging.js";
import { openCursor, sealCursor } from "../http/sealed-cursor.js";
import { etagHeader, parseRepresentation, shownText } from "../states/representation.js";
import type { Collection } from "./collection.js";
import type { CollectionExchange } from "./collection-exchange.js";
import { type Walked, walkList } from "./list-walk.js";

/** A page of the resources that a caller may read, with an entity-tag for the whole of it. */
export interface ListPage extends Page {
  readonly etag: EntityTag;
}

/** Which page of a collection is asked for. */
export interface ListQuery {
  readonly limit: number;
  /** The key behind which it begins. */
  readonly after: Key | undefined;
}

/** Reads which page is asked for; what is malformed about that is added to the errors. */
export async function readListQuery(
  exchange: CollectionExchange,
  collection: Collection,
  errors: ProblemEntry[],
): Promise<ListQuery> {
  const { requestLimits } = exchange.settings;
  const { limit, cursor } = readPageQuery(new URLSearchParams(exchange.request.query), requestLimits, errors);
  if (cursor === undefined) return { limit, after: undefined };
  const after = await readListCursor(exchange, collection, cursor);
  if (after === undefined) errors.push(malformedCursor);
  return { limit, after };
}

/** Reads a page of a collection. */
export async function listResources(
  exchange: CollectionExchange,
  collection: Collection,
  { limit, after }: ListQuery,
): Promise<ListPage> {
  const prefix = `${collection.name}/`;
  const walked = await walkList(exchange, collection, limit, after);
  const { readable } = walked;
  const next = await nextOf(exchange, prefix, walked);
  const etag = { weak: false, opaque: fingerprint(collection, readable, next) };
  return { etag, items: readable.map((record) => itemText(collection, record)), limit, next };
}

/** The key behind which a list goes on: that of what the caller was shown last, which may be a hidden resource's. */
async function readListCursor(
  exchange: CollectionExchange,
  { name }: Collection,
  cursor: string,
): Promise<Key | undefined> {
  const { store, requestLimits } = exchange.settings;
  const prefix = `${name}/`;
  const id = readCursor(cursor) ?? (await openCursor(store, prefix, cursor));
  return id !== undefined && idFault(id, requestLimits.idBytesMax) === undefined ? prefix + id : undefined;
}

async function nextOf(
  exchange: CollectionExchange,
  prefix: string,
  { readable, next }: Walked,
): Promise<string | null> {
  if (next.kind === "none") return null;
  const last = readable.at(-1)?.key;
  const after = next.kind === "unknown" ? next.after : last;
  if (after === undefined) return null;
  const id = after.slice(prefix.length);
  return after === last ? formatCursor(id) : sealCursor(exchange.settings.store, prefix, id);
}

/** An entity-tag for a page, from those of its items: the same items in the same states are the same bytes. */
function fingerprint(collection: Collection, records: readonly StoredRecord[], next: string | null): string {
  const hash = createHash("sha256").update(`${next}`);
  for (const record of records) hash.update(`\n${record.key}\n${etagHeader(collection, record)}`);
  return hash.digest("base64url");
}

/** A representation with its entity-tag as one more member, in place of a field of that name from before it had one. */
function itemText(collection: Collection, record: StoredRecord): Text {
  const text = shownText(collection, record);
  const { etagField } = collection;
  if (etagField === false) return text;
  const etag = etagHeader(collection, record);
  const name = JSON.stringify(etagField);
  if (!text.includes(`${name}:`)) return `${text.slice(0, -1)},${name}:${JSON.stringify(etag)}}`;
  return JSON.stringify({ ...parseRepresentation(text), [etagField]: etag });
}
