import { createHash } from "node:crypto";
import {
  evaluatePreconditions,
  idFault,
  type Page,
  type ProblemEntry,
  type ResponsePlan,
  resourceKey,
  type StoredRecord,
  type Text,
} from "@unclash/core";
import type { Collection } from "./collection.js";
import type { Exchange } from "./exchange.js";
import { malformedPlan } from "./intent.js";
import { formatCursor, listText, nextLink, readPaging } from "./paging.js";
import { contentPlan, emptyPlan, problemPlan } from "./plan.js";
import { cachingHeaders, readConditions } from "./read.js";
import { etagHeader, parseRepresentation } from "./representation.js";

/** GET and HEAD of a collection: a page of the resources that the caller may read, by id. */
export async function listResources(exchange: Exchange, collection: Collection): Promise<ResponsePlan> {
  const errors: ProblemEntry[] = [];
  const { limits, store } = exchange.settings;
  const paging = readPaging(new URLSearchParams(exchange.request.query), limits, errors);
  if (errors.length === 0 && paging.after !== undefined && idFault(paging.after, limits.idBytesMax) !== undefined) {
    errors.push({ code: "malformed-cursor", parameter: "after", detail: "The cursor is none that this list gave." });
  }
  const parsed = readConditions(exchange);
  if (parsed.kind === "malformed") errors.push(...parsed.errors);
  if (errors.length > 0 || parsed.kind === "malformed") return malformedPlan(exchange, errors);
  const { limit, after } = paging;
  const prefix = `${collection.name}/`;
  const page = await store.list({
    prefix,
    limit,
    ...(after !== undefined && { after: resourceKey(collection.name, after) }),
  });
  const readable = await readableOf(exchange, page.records);
  const next = page.next === undefined ? null : formatCursor(lastId(page, prefix));
  const etag = { weak: false, opaque: fingerprint(collection, readable, next) };
  const headers = { ...cachingHeaders(exchange, collection), etag: `"${etag.opaque}"` };
  const verdict = evaluatePreconditions(exchange.request.method, parsed.conditions, { kind: "present", etag });
  if (verdict.kind === "not-modified") return emptyPlan(304, "not-modified", headers);
  if (verdict.kind === "failed") {
    return problemPlan(exchange, "version-conflict", "The list is not in the state that this request is for.", {
      status: 412,
    });
  }
  const items = readable.map((record) => itemText(collection, record));
  const path = exchange.pathOf(collection.name);
  return contentPlan(200, "ok", { ...headers, ...nextLink(path, limit, next) }, listText(items, next));
}

async function readableOf(exchange: Exchange, records: readonly StoredRecord[]): Promise<readonly StoredRecord[]> {
  const readable: StoredRecord[] = [];
  for (const record of records) if (await exchange.mayRead(record.key)) readable.push(record);
  return readable;
}

function lastId({ records }: Page, prefix: string): string {
  return records.at(-1)?.key.slice(prefix.length) ?? "";
}

/** An entity-tag for a page, from those of its items: the same items in the same states are the same bytes. */
function fingerprint(collection: Collection, records: readonly StoredRecord[], next: string | null): string {
  const hash = createHash("sha256").update(`${next}`);
  for (const record of records) hash.update(`\n${record.key}\n${etagHeader(collection, record)}`);
  return hash.digest("base64url");
}

/** A representation with its entity-tag as one more member, in place of a field of that name. */
function itemText(collection: Collection, record: StoredRecord): Text {
  const text = record.text ?? "{}";
  const etag = JSON.stringify(etagHeader(collection, record));
  if (!text.includes('"etag":')) return `${text.slice(0, -1)},"etag":${etag}}`;
  return JSON.stringify({ ...parseRepresentation(text), etag: etagHeader(collection, record) });
}
