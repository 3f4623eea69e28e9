import { createHash } from "node:crypto";
import {
  evaluatePreconditions,
  idFault,
  type Key,
  type ProblemEntry,
  type ResponsePlan,
  type StoredRecord,
  type Text,
} from "@unclash/core";
import type { Exchange } from "../access/exchange.js";
import { formatCursor, listText, malformedCursor, nextLink, readCursor, readPageQuery } from "../http/paging.js";
import { contentPlan, emptyPlan, problemPlan } from "../http/responses.js";
import { openCursor, sealCursor } from "../http/sealed-cursor.js";
import { cachingHeaders, readConditions } from "../pipeline/read.js";
import { expectedState } from "../preconditions/expected-state.js";
import { etagHeader, parseRepresentation } from "../states/representation.js";
import type { Collection } from "./collection.js";
import { type Walked, walkList } from "./list-walk.js";
import { malformedPlan } from "./write-request.js";

/** GET and HEAD of a collection: a page of the resources that the caller may read, by id. */
export async function listResources(exchange: Exchange, collection: Collection): Promise<ResponsePlan> {
  const errors: ProblemEntry[] = [];
  const { limits } = exchange.settings;
  const { limit, cursor } = readPageQuery(new URLSearchParams(exchange.request.query), limits, errors);
  const prefix = `${collection.name}/`;
  const start = await startOf(exchange, prefix, cursor);
  if (start.kind === "malformed") errors.push(malformedCursor);
  const parsed = readConditions(exchange);
  if (parsed.kind === "malformed") errors.push(...parsed.errors);
  if (errors.length > 0 || parsed.kind === "malformed" || start.kind === "malformed")
    return malformedPlan(exchange, errors);
  const walked = await walkList(exchange, prefix, limit, start.after);
  const { readable } = walked;
  const next = await nextOf(exchange, prefix, walked);
  const etag = { weak: false, opaque: fingerprint(collection, readable, next) };
  const headers = { ...cachingHeaders(exchange, collection), etag: `"${etag.opaque}"` };
  const verdict = evaluatePreconditions(exchange.request.method, parsed.conditions, { kind: "present", etag });
  if (verdict.kind === "not-modified") return emptyPlan(304, "not-modified", headers);
  if (verdict.kind === "failed") {
    const expected = expectedState(exchange, parsed.conditions, verdict.condition);
    const members = { resource: collection.name, expected, current: { etag: headers.etag } };
    const detail = "The list is not in the state that this request is for.";
    return problemPlan(exchange, "version-conflict", detail, { status: 412, members });
  }
  const items = readable.map((record) => itemText(collection, record));
  const path = exchange.pathOf(collection.name);
  return contentPlan(200, "ok", { ...headers, ...nextLink(path, limit, next) }, listText(items, next));
}

/** Where the list goes on after what the caller was shown last: an id, which may be that of a hidden resource. */
async function startOf(exchange: Exchange, prefix: string, cursor: string | undefined): Promise<Start> {
  if (cursor === undefined) return { kind: "start", after: undefined };
  const { store, limits } = exchange.settings;
  const id = readCursor(cursor) ?? (await openCursor(store, prefix, cursor));
  const isId = id !== undefined && idFault(id, limits.idBytesMax) === undefined;
  return isId ? { kind: "start", after: prefix + id } : { kind: "malformed" };
}

type Start = { readonly kind: "start"; readonly after: Key | undefined } | { readonly kind: "malformed" };

async function nextOf(exchange: Exchange, prefix: string, { readable, next }: Walked): Promise<string | null> {
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
  const text = record.text ?? "{}";
  const { etagField } = collection;
  if (etagField === false) return text;
  const etag = etagHeader(collection, record);
  const name = JSON.stringify(etagField);
  if (!text.includes(`${name}:`)) return `${text.slice(0, -1)},${name}:${JSON.stringify(etag)}}`;
  return JSON.stringify({ ...parseRepresentation(text), [etagField]: etag });
}
