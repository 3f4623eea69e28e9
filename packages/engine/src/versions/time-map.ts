import { formatHttpDate } from "@unclash/core";
import type { StoredRecord } from "@unclash/core/store";
import Negotiator from "negotiator";
import type { CollectionExchange } from "../resources/collection-exchange.js";
import { shownVersion } from "../states/representation.js";
import type { StatePage } from "./history.js";
import { type LinkedResource, versionPath } from "./links.js";

export const linkFormatType = "application/link-format";
const jsonType = "application/json";

/** The content of a TimeMap, of one of its two media types. */
export interface TimeMap {
  readonly type: string;
  readonly text: string;
}

/**
 * A page of the states of a resource as a TimeMap (RFC 7089 §5), the newest first: in link-format (RFC 6690), which
 * every client of such maps reads, or in JSON for who prefers that. Nothing else is acceptable, and all is answered.
 */
export function timeMap(exchange: CollectionExchange, resource: LinkedResource, page: StatePage): TimeMap {
  const accept = exchange.header("accept");
  const chosen = new Negotiator({ headers: { accept } }).mediaType([linkFormatType, jsonType]);
  return chosen === jsonType
    ? { type: `${jsonType}; charset=utf-8`, text: jsonOf(exchange, resource, page) }
    : { type: linkFormatType, text: linkFormatOf(exchange, resource, page) };
}

function linkFormatOf(exchange: CollectionExchange, resource: LinkedResource, page: StatePage): string {
  const { limit, next, records } = page;
  const path = exchange.pathOf(resource.collection.name, resource.id);
  const [newest, oldest] = [records[0], records.at(-1)];
  const span = newest && oldest && `;from="${dateOf(oldest)}";until="${dateOf(newest)}"`;
  const self = `${path}/timemap${page.cursor === undefined ? "" : `?limit=${limit}&after=${page.cursor}`}`;
  return [
    `<${path}>;rel="original timegate latest-version"`,
    `<${self}>;rel="self";type="${linkFormatType}"${span ?? ""}`,
    ...(next === null ? [] : [`<${path}/timemap?limit=${limit}&after=${next}>;rel="timemap";type="${linkFormatType}"`]),
    ...records.map((record) => {
      const ends = [
        ...(record === oldest && next === null ? ["first"] : []),
        ...(isNewest(record, page) ? ["last"] : []),
      ];
      const rel = [...ends, "memento"].join(" ");
      return `<${versionPath(exchange, resource, record)}>;rel="${rel}";datetime="${dateOf(record)}"`;
    }),
  ].join(",\n");
}

function jsonOf(exchange: CollectionExchange, resource: LinkedResource, { records, next }: StatePage): string {
  const { collection, id } = resource;
  const path = exchange.pathOf(collection.name, id);
  return JSON.stringify({
    original: path,
    timegate: path,
    timemap: `${path}/timemap`,
    items: records.map((record) => ({
      uri: versionPath(exchange, resource, record),
      datetime: new Date(record.modifiedAt).toISOString(),
      version: shownVersion(collection, record),
      ...(record.deleted && { deleted: true }),
    })),
    next,
  });
}

function isNewest(record: StoredRecord, { cursor, records }: StatePage): boolean {
  return cursor === undefined && record === records[0];
}

function dateOf({ modifiedAt }: StoredRecord): string {
  return formatHttpDate(modifiedAt);
}
