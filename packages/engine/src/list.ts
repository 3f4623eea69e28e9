import { createHash } from "node:crypto";
import {
  evaluatePreconditions,
  idFault,
  type Key,
  type ProblemEntry,
  pageBytesMax,
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
  const { limits } = exchange.settings;
  const paging = readPaging(new URLSearchParams(exchange.request.query), limits, errors);
  if (errors.length === 0 && paging.after !== undefined && idFault(paging.after, limits.idBytesMax) !== undefined) {
    errors.push({ code: "malformed-cursor", parameter: "after", detail: "The cursor is none that this list gave." });
  }
  const parsed = readConditions(exchange);
  if (parsed.kind === "malformed") errors.push(...parsed.errors);
  if (errors.length > 0 || parsed.kind === "malformed") return malformedPlan(exchange, errors);
  const { limit, after } = paging;
  const prefix = `${collection.name}/`;
  const start = after === undefined ? undefined : resourceKey(collection.name, after);
  const { readable, more } = await readablePage(exchange, prefix, limit, start);
  const last = readable.at(-1);
  const next = more && last !== undefined ? formatCursor(last.key.slice(prefix.length)) : null;
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

/**
 * The next resources that the caller may read. Goes on past those that are hidden, so that the cursor, which names the
 * last one shown, never names a hidden one.
 */
async function readablePage(
  exchange: Exchange,
  prefix: string,
  limit: number,
  start: Key | undefined,
): Promise<{ readonly readable: readonly StoredRecord[]; readonly more: boolean }> {
  const readable: StoredRecord[] = [];
  let bytes = 0;
  for (let after = start; ; ) {
    const page = await exchange.settings.store.list({ prefix, limit, ...(after !== undefined && { after }) });
    for (const [at, record] of page.records.entries()) {
      if (!(await exchange.mayRead(record.key))) continue;
      readable.push(record);
      bytes += record.text?.length ?? 0;
      const isFull = readable.length === limit || bytes >= pageBytesMax;
      if (isFull) return { readable, more: page.next !== undefined || at + 1 < page.records.length };
    }
    if (page.next === undefined) return { readable, more: false };
    after = page.next;
  }
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
