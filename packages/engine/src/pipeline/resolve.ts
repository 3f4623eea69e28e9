import { evaluatePreconditions, type ResponsePlan } from "@unclash/core";
import type { Moment, StoredRecord } from "@unclash/core/store";
import { recordedName } from "../access/actor.js";
import { commitOnce } from "../commits/commit-once.js";
import { type CommitPart, commitOf } from "../commits/commit-parts.js";
import { createTag } from "../commits/commit-tag.js";
import { readByKey, type SnapshotByKey } from "../commits/snapshot.js";
import type { Lost } from "../commits/try-in-line.js";
import { mergeStates } from "../conflicts/merge-states.js";
import { changeOf } from "../conflicts/read-change.js";
import { conflictKey, isConflictId } from "../conflicts/records/conflict-keys.js";
import { resolvedPart } from "../conflicts/records/conflict-writes.js";
import { type ConflictRecord, readConflict } from "../conflicts/records/record.js";
import { notFound, type Refused, refused } from "../http/refusal.js";
import { contentResponse, refusedResponse } from "../http/responses.js";
import { sentences } from "../http/sentences.js";
import { answerWrites, checkKey, countKept, type KeySlot } from "../idempotency/in-commit.js";
import type { Collection } from "../resources/collection.js";
import { type CollectionExchange, collectionOf } from "../resources/collection-exchange.js";
import { duplicateValue } from "../resources/refusals.js";
import { type ResolutionRequest, readResolution } from "../resources/resolution-request.js";
import { baseFields, claimOn, fieldsNow, newestFields, recordedConflict } from "../resources/shown-conflict.js";
import { refuseUnmerged } from "../resources/stale-conflict.js";
import { uniqueClash } from "../resources/unique.js";
import type { WriteRequest } from "../resources/write-request.js";
import { showing } from "../resources/written.js";
import { etagHeader, fieldsIn, type State, shownVersion } from "../states/representation.js";
import { currentState, type RecordState, stateOf } from "../states/selected-state.js";
import { tryUntilAnswered } from "./contended-write.js";
import { conclude, decide } from "./write.js";

/** POST of a resolution, whose permission was asked in general: a step a line, with the statuses that it can answer. */
export async function answerResolution(exchange: CollectionExchange): Promise<ResponsePlan> {
  const request = await readResolution(exchange); //                                       415, 413, 400
  if (request.kind === "refused") return refusedResponse(exchange, request);
  const key = isConflictId(request.conflict) ? conflictKey(request.conflict) : undefined;
  if (key === undefined) return refusedResponse(exchange, noSuchConflict); // 404
  return tryUntilAnswered(exchange, key, false, () => tryToResolve(exchange, request, key)); // 503
}

const noSuchConflict: Refused = notFound(sentences.suchConflict);

/** An open conflict, and what is known of its resource. */
interface OpenConflict {
  readonly stored: StoredRecord;
  readonly record: ConflictRecord;
  readonly collection: Collection;
  readonly id: string;
}

/** What a resolution comes to: the resource as it will be, with the part of the commit that makes it so. */
interface Resolution {
  readonly kind: "resolve";
  readonly part: CommitPart;
  readonly header: { readonly tag: string; readonly at: Moment; readonly by: string | null; readonly cause: string };
  readonly state: State;
  readonly request: WriteRequest;
}

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
  const collection = record && collectionOf(exchange, record.resource);
  const show = collection === undefined ? showingNothing : showing(collection);
  const attempt = { keyed, dryRun: preferences.dryRun, show };
  const step = await checkKey(exchange, attempt, snapshot); //                             replay, 409, 422, 429
  if (step.kind === "replay") return step.response;
  if (step.kind === "refused") return refusedResponse(exchange, step);
  const { slot } = step;
  if (stored === undefined || record === undefined) return refusedResponse(exchange, noSuchConflict); // 404
  const resource = record.resource;
  const states = await readByKey(exchange.reader, [resource]);
  const decision = await decideOn(exchange, request, { stored, record, collection, states });
  const answering = { resource, slot, snapshot };
  if (decision.kind === "refused") return finish(exchange, answering, refusedResponse(exchange, decision));
  const { part, header, state } = decision;
  const response = await resolvedResponse(exchange, decision, preferences.dryRun); //      200
  if (preferences.dryRun) return response;
  const answer = answerWrites(exchange, slot, response, { key: resource, version: undefined, isLasting: false });
  const result = await commitOnce(store, commitOf(header, [part, { writes: answer }]), requestLimits);
  exchange.applied = result.kind === "committed";
  if (result.kind === "committed") {
    countKept(exchange, slot, snapshot.now, answer);
    return response;
  }
  const taken = uniqueClash(result.clashes);
  if (taken === undefined) return "retry";
  const duplicate = await duplicateValue(exchange, decision.request, taken, state); //     409
  return finish(exchange, answering, refusedResponse(exchange, duplicate));
}

/** Of a conflict that is not there, no kept answer shows a state. */
const showingNothing = {
  tagTells: true,
  fields: () => () => undefined,
  etag: () => "",
  text: () => "{}",
};

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
): Promise<Resolution | Refused> {
  const { resource } = record;
  const found = states.record(resource);
  const conflict = recordedConflict(exchange, stored, record, found);
  const claim = claimOn(exchange, record);
  const permission = await exchange.askPermission(["resolve"], resource, fieldsNow(conflict), { claim });
  if (permission.kind === "refused") return permission; //                                 401, 403
  if (permission.kind === "hidden") return noSuchConflict; //            404
  if (conflict.state !== "open") return closed(conflict.state, record); //                 409
  if (collection === undefined)
    return refused("invalid-state", sentences.resolvedByApp(resource), { members: { resource } }); // 409
  if (record.proposed === undefined && (request.resolution === "mine" || request.resolution === "merge"))
    return refused("invalid-state", sentences.proposalNotKept, { members: { resource } }); // 409
  const open = { stored, record, collection, id: resource.slice(collection.name.length + 1) };
  const write = writeFor(request, open);
  if (request.resolution === "theirs") return keepCurrent(exchange, write, open, states); // 403, conflict
  const action = write.method === "DELETE" ? "delete" : "change";
  const allowed = await exchange.askPermission([action], resource, fieldsNow(conflict)); // 401, 403
  if (allowed.kind === "refused") return allowed;
  const hidden = allowed.kind === "hidden";
  const merged = await contentFor(exchange, request, { ...write, hidden }, open, states);
  if (merged.kind === "refused") return merged; //                                         conflict
  const decision = await decide(exchange, merged.request, states); //                      404, 410, conflict, 422, 409
  switch (decision.kind) {
    case "refused":
      return decision;
    case "parked":
      throw new TypeError("What resolves a conflict is not parked.");
    case "unchanged":
      return { ...kept(exchange, open, request, states, found), state: decision.state, request: merged.request };
    default: {
      const { header, part, state } = decision;
      const closing = closingPart(exchange, open, request, header.at);
      return { kind: "resolve", header, part: joined(part, closing), state, request: merged.request };
    }
  }
}

function joined(one: CommitPart, other: CommitPart): CommitPart {
  const { reads, writes, events } = commitOf({ tag: "", at: 0, by: null, cause: "" }, [one, other]);
  return { reads, writes, events };
}

function closed(state: string, { resolution }: ConflictRecord): Refused {
  const members = { state, ...(resolution && { resolution: resolution.kind }) };
  return refused("conflict-closed", sentences.conflictClosed(state), { members });
}

/** The write that a resolution asks for, for the version that the conflict found, or that the request names. */
function writeFor(
  { resolution, version, value, preferences }: ResolutionRequest,
  { record, collection, id }: OpenConflict,
): WriteRequest {
  const deletes = resolution === "mine" && record.proposed === null;
  const fields = record.proposed ?? {};
  const change =
    resolution === "custom"
      ? changeOf("PUT", { mediaType: "application/json", value }, collection)
      : ({ kind: "resolution", fields: newestFields(collection, fields, record) } as const);
  return {
    method: deletes ? "DELETE" : "PUT",
    collection,
    id,
    key: record.resource,
    idGiven: true,
    change: deletes ? { kind: "delete" } : change,
    conditions: { version: version ?? record.current.shown },
    preferences,
    hidden: false,
    keyed: undefined,
    resolves: true,
  };
}

/** The write with the content that the resolution comes to; a merge is made with the state that is there now. */
async function contentFor(
  exchange: CollectionExchange,
  { resolution }: ResolutionRequest,
  write: WriteRequest,
  { record, collection }: OpenConflict,
  states: SnapshotByKey,
): Promise<{ readonly kind: "write"; readonly request: WriteRequest } | Refused> {
  const current = write.hidden ? undefined : stateOf(collection, states.record(record.resource));
  const isAsExpected = current !== undefined && current.version === write.conditions.version;
  // What has moved on is a conflict whatever the content.
  if (resolution !== "merge" || !isAsExpected) return { kind: "write", request: write };
  const base = await baseFields(exchange, collection, record);
  if (base === undefined)
    return refused("invalid-state", sentences.baseNotKept, { members: { resource: record.resource } });
  const proposed = record.proposed ? newestFields(collection, record.proposed, record) : null;
  const merged = mergeStates({ base, current: current.fields(), proposed }, collection.merging);
  if (merged.kind === "clashes") return refuseUnmerged(exchange, write, current, merged.clashes, states.now);
  return { kind: "write", request: { ...write, change: { kind: "resolution", fields: merged.value } } };
}

/** `theirs`: the resource stays as it is, if it is still at the version that is expected. */
async function keepCurrent(
  exchange: CollectionExchange,
  write: WriteRequest,
  open: OpenConflict,
  states: SnapshotByKey,
): Promise<Resolution | Refused> {
  const found = states.record(open.record.resource);
  const current: RecordState | undefined = stateOf(open.collection, found);
  const isGoneAsExpected = found?.deleted === true && shownVersion(open.collection, found) === write.conditions.version;
  const verdict = evaluatePreconditions("PUT", write.conditions, currentState(current));
  if (verdict.kind === "failed" && !isGoneAsExpected) {
    const decision = await decide(exchange, write, states); //                             conflict
    if (decision.kind === "refused") return decision;
  }
  if (found === undefined) return notFound(open.record.resource);
  return { ...kept(exchange, open, { resolution: "theirs" }, states, found), state: found, request: write };
}

/** The resource stays as it is, and the conflict is closed, as long as it does. */
function kept(
  exchange: CollectionExchange,
  open: OpenConflict,
  request: Pick<ResolutionRequest, "resolution">,
  { now }: SnapshotByKey,
  found: StoredRecord | undefined,
): Omit<Resolution, "state" | "request"> {
  const by = recordedName(exchange.actor);
  const { resource } = open.record;
  const expect = found === undefined ? "absent" : found.deleted ? { gone: found.tag } : { tag: found.tag };
  return {
    kind: "resolve",
    header: { tag: createTag(), at: now, by, cause: "resolution" },
    part: joined({ reads: [{ key: resource, expect }] }, closingPart(exchange, open, request, now)),
  };
}

function closingPart(
  exchange: CollectionExchange,
  { stored, record }: OpenConflict,
  { resolution: kind }: Pick<ResolutionRequest, "resolution">,
  at: Moment,
): CommitPart {
  return resolvedPart(stored, record, { kind, by: recordedName(exchange.actor), at });
}

/** The answer to a resolution; of the state only to who may read it. */
async function resolvedResponse(
  exchange: CollectionExchange,
  { state, request }: Resolution,
  dryRun: boolean,
): Promise<ResponsePlan> {
  const { collection, key } = request;
  const isShown = await exchange.mayRead(key, state.text === null ? "never" : fieldsIn(collection, state));
  const etag = state.text === null ? {} : { etag: etagHeader(collection, state) };
  const body = {
    message: dryRun ? sentences.wouldBeResolved : sentences.resolved,
    status: "resolved",
    resource: key,
    ...(isShown && { version: shownVersion(collection, state), ...(!dryRun && etag) }),
  };
  const headers = { "cache-control": "no-store", ...(dryRun && { "preference-applied": "dry-run" }) };
  return contentResponse(200, dryRun ? "dry-run" : "resolved", headers, JSON.stringify(body));
}
