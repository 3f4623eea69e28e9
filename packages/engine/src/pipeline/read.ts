import {
  assertNever,
  type Conditions,
  evaluatePreconditions,
  idFault,
  type ParsedConditions,
  type ProblemEntry,
  parseConditions,
  type ResponsePlan,
  type StoredRecord,
} from "@unclash/core";
import type { Exchange } from "../access/exchange.js";
import { currentMember, showsCurrent, stateLinks } from "../conflicts/current-state.js";
import { contentPlan, emptyPlan, problemPlan } from "../http/responses.js";
import { expectedState } from "../preconditions/expected-state.js";
import type { Collection } from "../resources/collection.js";
import { goneOrMissing } from "../resources/refusals.js";
import { malformedPlan } from "../resources/write-request.js";
import { lastModified } from "../resources/written.js";
import { entityTagOf, etagHeader, shownVersion } from "../states/representation.js";

/** A resource, as a path addresses it. */
export interface Addressed {
  readonly collection: Collection;
  readonly id: string;
  readonly key: string;
  /** The app hides it from the caller: whatever is there, nothing is. */
  readonly hidden: boolean;
}

/** GET and HEAD of a resource: its text as it was stored, or 304 from its version alone. */
export async function readResource(
  exchange: Exchange,
  { collection, id, key, hidden }: Addressed,
): Promise<ResponsePlan> {
  const parsed = readConditions(exchange);
  if (parsed.kind === "malformed") return malformedPlan(exchange, parsed.errors);
  const {
    records: [record],
  } = await exchange.settings.store.read([key]);
  if (hidden || record === undefined || record.text === null)
    return goneOrMissing(exchange, { collection, id }, hidden ? undefined : record);
  const instead = conditionalPlan(exchange, { collection, id }, record, parsed.conditions);
  if (instead !== undefined) return instead;
  const headers: Record<string, string> = cachingHeaders(exchange, collection);
  headers["etag"] = etagHeader(collection, record);
  headers["last-modified"] = lastModified(record);
  headers["link"] = resourceLinks(
    exchange.pathOf(collection.name, id),
    shownVersion(collection, record),
    hasPredecessor(collection, record),
  );
  return contentPlan(200, "ok", headers, record.text);
}

/** What the headers of a read say of the state that the client knows. */
export function readConditions({ header, request, settings }: Exchange): ParsedConditions {
  const facts = { method: request.method, now: Date.now() };
  return parseConditions(header, facts, { tagsMax: settings.limits.entityTagsMax });
}

/** 304 or 412 in place of a state, where the conditions ask for that; nothing where the state is to be sent. */
export function conditionalPlan(
  exchange: Exchange,
  { collection, id }: Pick<Addressed, "collection" | "id">,
  record: StoredRecord,
  conditions: Conditions,
): ResponsePlan | undefined {
  const verdict = evaluatePreconditions(exchange.request.method, conditions, {
    kind: "present",
    etag: entityTagOf(collection, record),
    modifiedAt: record.modifiedAt,
  });
  switch (verdict.kind) {
    case "proceed":
      return undefined;
    case "not-modified": {
      const headers = { ...cachingHeaders(exchange, collection), etag: etagHeader(collection, record) };
      return emptyPlan(304, "not-modified", headers);
    }
    case "failed":
      return problemPlan(exchange, "version-conflict", `${record.key} is not in the state that this request is for.`, {
        status: 412,
        members: {
          resource: record.key,
          expected: expectedState(exchange, conditions, verdict.condition),
          current: currentMember(collection, record, { withContent: showsCurrent(collection) }),
          identical: false,
          links: stateLinks(collection, exchange.pathOf(collection.name, id)),
        },
      });
    default:
      return assertNever(verdict);
  }
}

/** What caches are told of an answer to a read: ask each time, so that nobody edits a remembered version. */
export function cachingHeaders(exchange: Exchange, collection: Collection): Record<string, string> {
  const { vary } = exchange.settings;
  const cacheControl = collection.cacheControl ?? (exchange.actor === undefined ? "no-cache" : "private, no-cache");
  return vary === undefined ? { "cache-control": cacheControl } : { "cache-control": cacheControl, vary };
}

/** The links from a state to its neighbours in time (RFC 5829). */
function resourceLinks(path: string, version: number, hasPredecessor: boolean): string {
  const links = `<${path}>; rel="latest-version", <${path}/versions>; rel="version-history"`;
  return hasPredecessor ? `${links}, <${path}/versions/${version - 1}>; rel="predecessor-version"` : links;
}

function hasPredecessor(collection: Collection, record: StoredRecord): boolean {
  return record.version > 1 && !collection.timestamps && collection.retention !== "none";
}

/** The id that a path's segment holds, percent-encoded, or what is malformed about it. */
export function decodeId(raw: string, bytesMax: number): { readonly id: string } | ProblemEntry {
  let id: string;
  try {
    id = decodeURIComponent(raw);
  } catch {
    return { code: "malformed-id", parameter: "id", detail: "An id is UTF-8, percent-encoded." };
  }
  const fault = idFault(id, bytesMax);
  return fault === undefined ? { id } : { ...fault, parameter: "id" };
}
