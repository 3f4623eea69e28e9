import type { ProblemEntry, ResponsePlan } from "@unclash/core";
import type { Range, StoredRecord } from "@unclash/core/store";
import { noState } from "../access/asked-resource.js";
import { ownClaim } from "../access/default-permissions.js";
import type { Permission } from "../access/resource-exchange.js";
import { readByKey } from "../commits/snapshot.js";
import { type ConflictFilter, conflictKey, isConflictId, rangeOf } from "../conflicts/records/conflict-keys.js";
import { type ConflictRecord, readConflict } from "../conflicts/records/record.js";
import { listText, malformedCursor, nextLink, readPageQuery } from "../http/paging.js";
import { malformed, notFound } from "../http/refusal.js";
import { contentResponse, noStore, refusedResponse } from "../http/responses.js";
import { openCursor, sealCursor } from "../http/sealed-cursor.js";
import { sentences } from "../http/sentences.js";
import type { CollectionExchange } from "../resources/collection-exchange.js";
import { recordedConflict, shownConflict } from "../resources/shown-conflict.js";

/** Whether the caller may read conflicts at all: which ones, each of them is asked about. */
export function askForConflicts(
  exchange: CollectionExchange,
  action: "read-conflict" | "resolve",
): Promise<Permission> {
  return exchange.askPermission([action], "conflicts/*", noState, { claim: ownClaim });
}

/** GET and HEAD of one conflict. */
export async function answerConflict(exchange: CollectionExchange, id: string): Promise<ResponsePlan> {
  const stored = isConflictId(id) ? (await exchange.reader.read([conflictKey(id)])).records[0] : undefined;
  const [conflict] = stored === undefined ? [] : await withResources(exchange, [stored]);
  const shown = conflict && (await shownConflict(exchange, conflict, "whole"));
  return shown === undefined
    ? refusedResponse(exchange, notFound(sentences.suchConflict)) //      404
    : contentResponse(200, "ok", noStore, JSON.stringify(shown));
}

/** GET and HEAD of the conflicts that the caller may read, the newest first. */
export async function answerConflicts(exchange: CollectionExchange): Promise<ResponsePlan> {
  const errors: ProblemEntry[] = [];
  const query = new URLSearchParams(exchange.request.query);
  const { requestLimits, store } = exchange.settings;
  const { limit, cursor } = readPageQuery(query, { ...requestLimits, parameters: ["resource", "state"] }, errors);
  const filter = readFilter(query, errors);
  const list = `conflicts ${JSON.stringify(filter)}`;
  const after = cursor === undefined ? undefined : await openCursor(store, list, cursor);
  if (cursor !== undefined && after === undefined) errors.push(malformedCursor);
  if (errors.length > 0) return refusedResponse(exchange, malformed(errors)); //                      400
  const { items, next: place } = await walk(exchange, filter, limit, after);
  const next = place === undefined ? null : await sealCursor(store, list, place);
  const filters = [...query].filter(([name]) => name === "resource" || name === "state");
  const headers = { ...noStore, ...nextLink(exchange.pathOf("conflicts"), limit, next, filters) };
  return contentResponse(200, "ok", headers, listText(items, next));
}

const states: readonly ConflictRecord["state"][] = ["open", "resolved", "expired"];

function readFilter(query: URLSearchParams, errors: ProblemEntry[]): ConflictFilter {
  for (const name of ["resource", "state"]) {
    if (query.getAll(name).length > 1)
      errors.push({ code: "repeated-parameter", parameter: name, detail: sentences.repeatedParameter(name) });
  }
  const asked = query.get("state") ?? undefined;
  const state = states.find((known) => known === asked);
  if (asked !== undefined && state === undefined)
    errors.push({ code: "malformed-state", parameter: "state", detail: sentences.conflictState(states) });
  return { resource: query.get("resource") ?? undefined, state };
}

/**
 * A page of conflicts: it passes over those that the caller may not read, and ends early where it has looked at too
 * many.
 */
async function walk(
  exchange: CollectionExchange,
  filter: ConflictFilter,
  limit: number,
  start: string | undefined,
): Promise<{ readonly items: readonly string[]; readonly next: string | undefined }> {
  const { listScanMax, pageBytesMax } = exchange.settings.requestLimits;
  const items: string[] = [];
  let after = start;
  for (let looked = 0; ; ) {
    const range: Range = {
      ...rangeOf(filter),
      limit: limit - items.length,
      textBytesMax: pageBytesMax,
      ...(after !== undefined && { after }),
    };
    const page = await exchange.reader.list(range);
    for (const conflict of await withResources(exchange, page.records)) {
      if (filter.state !== undefined && conflict.state !== filter.state) continue;
      const shown = await shownConflict(exchange, conflict, "item");
      if (shown !== undefined) items.push(JSON.stringify(shown));
    }
    looked += page.records.length;
    after = page.next;
    if (after === undefined || items.length >= limit || looked >= listScanMax) return { items, next: after };
  }
}

/** Conflicts with the resources that they are about, read in one view. */
async function withResources(exchange: CollectionExchange, stored: readonly StoredRecord[]) {
  const found = stored.map((each) => ({ each, record: readConflict(each.text) }));
  const keys = [...new Set(found.flatMap(({ record }) => (record.guard === undefined ? record.resource : [])))];
  const snapshot = keys.length === 0 ? undefined : await readByKey(exchange.reader, keys);
  return found.map(({ each, record }) => recordedConflict(exchange, each, record, snapshot?.record(record.resource)));
}
