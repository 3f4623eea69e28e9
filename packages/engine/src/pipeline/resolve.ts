import type { ResponsePlan } from "@unclash/core";
import type { Key } from "@unclash/core/store";
import { commitOnce } from "../commits/commit-once.js";
import { commitOf } from "../commits/commit-parts.js";
import { readByKey, type SnapshotByKey } from "../commits/snapshot.js";
import type { Lost } from "../commits/try-in-line.js";
import { conflictKey, isConflictId } from "../conflicts/records/conflict-keys.js";
import { type ConflictRecord, readConflict } from "../conflicts/records/record.js";
import { notFound, type Refused, refused } from "../http/refusal.js";
import { contentResponse, refusedResponse } from "../http/responses.js";
import { sentences } from "../http/sentences.js";
import { answerWrites, checkKey, countKept, type KeySlot, showingNothing } from "../idempotency/in-commit.js";
import type { Collection } from "../resources/collection.js";
import { type CollectionExchange, collectionOf } from "../resources/collection-exchange.js";
import { duplicateValue } from "../resources/refusals.js";
import { type ResolutionRequest, readResolution } from "../resources/resolution-request.js";
import { claimOn, fieldsNow, recordedConflict } from "../resources/shown-conflict.js";
import { uniqueClash } from "../resources/unique.js";
import { showing } from "../resources/written.js";
import { etagHeader, fieldsIn, shownVersion } from "../states/representation.js";
import { tryUntilAnswered } from "./contended-write.js";
import { type GuardedResolution, resolveGuarded } from "./resolve-guarded.js";
import { type OpenConflict, type Resolution, resolveResource } from "./resolve-resource.js";
import { conclude } from "./write.js";

/** POST of a resolution, whose permission was asked in general: a step a line, with the statuses that it can answer. */
export async function answerResolution(exchange: CollectionExchange): Promise<ResponsePlan> {
  const request = await readResolution(exchange); //                                       415, 413, 400
  if (request.kind === "refused") return refusedResponse(exchange, request);
  const key = isConflictId(request.conflict) ? conflictKey(request.conflict) : undefined;
  if (key === undefined) return refusedResponse(exchange, noSuchConflict); // 404
  return tryUntilAnswered(exchange, key, false, () => tryToResolve(exchange, request, key)); // 503
}

const noSuchConflict: Refused = notFound(sentences.suchConflict);

/** One try: read, decide, commit. */
async function tryToResolve(
  exchange: CollectionExchange,
  request: ResolutionRequest,
  key: string,
): Promise<ResponsePlan | Lost> {
  const { keyed, preferences } = request;
  const { store, requestLimits } = exchange.settings;
  const keys = keyed === undefined ? [key] : [key, keyed.record.key, keyed.record.former];
  const snapshot = await readByKey(exchange.reader, keys);
  const stored = snapshot.record(key);
  const record = stored && readConflict(stored.text);
  const collection = record?.guard === undefined && record ? collectionOf(exchange, record.resource) : undefined;
  const show = collection === undefined ? showingNothing : showing(collection);
  const attempt = { keyed, dryRun: preferences.dryRun, show };
  const step = await checkKey(exchange, attempt, snapshot); //                             replay, 409, 422, 429
  if (step.kind === "replay") return step.response;
  if (step.kind === "refused") return refusedResponse(exchange, step);
  const { slot } = step;
  if (stored === undefined || record === undefined) return refusedResponse(exchange, noSuchConflict); // 404
  const resource = record.resource;
  const states = record.guard === undefined ? await readByKey(exchange.reader, [resource]) : snapshot;
  const decision = await decideOn(exchange, request, { stored, record, collection, states });
  const answering = { resource, slot, snapshot };
  if (decision.kind === "refused") return finish(exchange, answering, refusedResponse(exchange, decision));
  const { parts, header } = decision;
  const response = await resolvedResponse(exchange, resource, decision, preferences.dryRun); // 200
  if (preferences.dryRun) return response;
  const answer = answerWrites(exchange, slot, response, { key: resource, version: undefined, isLasting: false });
  const result = await commitOnce(store, commitOf(header, [...parts, { writes: answer }]), requestLimits);
  exchange.applied = result.kind === "committed";
  if (result.kind === "committed") {
    countKept(exchange, slot, snapshot.now, answer);
    return response;
  }
  const taken = uniqueClash(result.clashes);
  if (taken === undefined || decision.kind === "applied") return "retry";
  const duplicate = await duplicateValue(exchange, decision.request, taken, decision.state); // 409
  return finish(exchange, answering, refusedResponse(exchange, duplicate));
}

/** An answer that changes nothing, once it is kept for a repeat. */
function finish(
  exchange: CollectionExchange,
  {
    resource,
    slot,
    snapshot,
  }: {
    readonly resource: string;
    readonly slot: KeySlot | undefined;
    readonly snapshot: SnapshotByKey;
  },
  response: ResponsePlan,
): Promise<ResponsePlan | Lost> {
  return conclude(exchange, { key: resource, isLasting: false }, { slot, snapshot }, response);
}

/** Decides on a resolution, given what there is: permissions, then the conflict's state, then the write. */
async function decideOn(
  exchange: CollectionExchange,
  request: ResolutionRequest,
  {
    stored,
    record,
    collection,
    states,
  }: Pick<OpenConflict, "stored" | "record"> & {
    readonly collection: Collection | undefined;
    readonly states: SnapshotByKey;
  },
): Promise<Resolution | GuardedResolution | Refused> {
  const { resource } = record;
  const found = states.record(resource);
  const conflict = recordedConflict(exchange, stored, record, found);
  const claim = claimOn(exchange, record);
  const permission = await exchange.askPermission(["resolve"], resource, fieldsNow(conflict), { claim });
  if (permission.kind === "refused") return permission; //                                 401, 403
  if (permission.kind === "hidden") return noSuchConflict; //            404
  if (conflict.state !== "open") return closed(conflict.state, record); //                 409
  if (record.guard !== undefined) return resolveGuarded(exchange, request, { stored, record, now: states.now });
  if (collection === undefined)
    return refused("invalid-state", sentences.resolvedByApp(resource), { members: { resource } }); // 409
  const open = { stored, record, collection, id: resource.slice(collection.name.length + 1) };
  return resolveResource(exchange, request, open, states); //                              401, 403, conflict, 422, 409
}

function closed(state: string, { resolution }: ConflictRecord): Refused {
  const members = { state, ...(resolution && { resolution: resolution.kind }) };
  return refused("conflict-closed", sentences.conflictClosed(state), { members });
}

/** The answer to a resolution; of the state only to who may read it. */
async function resolvedResponse(
  exchange: CollectionExchange,
  resource: Key,
  resolution: Resolution | GuardedResolution,
  dryRun: boolean,
): Promise<ResponsePlan> {
  const { isShown, version, etag } = await madeState(exchange, resource, resolution);
  const body = {
    message: dryRun ? sentences.wouldBeResolved : sentences.resolved,
    status: "resolved",
    resource,
    ...(isShown && { version, ...(!dryRun && { etag }) }),
  };
  const headers = { "cache-control": "no-store", ...(dryRun && { "preference-applied": "dry-run" }) };
  return contentResponse(200, dryRun ? "dry-run" : "resolved", headers, JSON.stringify(body));
}

/** The state that a resolution has made, as clients are told it, and whether this one is. */
async function madeState(exchange: CollectionExchange, resource: Key, resolution: Resolution | GuardedResolution) {
  if (resolution.kind === "applied") {
    const { version, etag } = resolution;
    return { isShown: await exchange.mayRead(resource, "never"), version, etag };
  }
  const { state, request } = resolution;
  const isDeleted = state.text === null;
  return {
    isShown: await exchange.mayRead(resource, isDeleted ? "never" : fieldsIn(request.collection, state)),
    version: shownVersion(request.collection, state),
    etag: isDeleted ? undefined : etagHeader(request.collection, state),
  };
}
