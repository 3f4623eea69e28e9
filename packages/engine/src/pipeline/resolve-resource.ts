import { evaluatePreconditions } from "@unclash/core";
import type { Moment, StoredRecord } from "@unclash/core/store";
import { recordedName } from "../access/actor.js";
import type { CommitHeader, CommitPart } from "../commits/commit-parts.js";
import { createTag } from "../commits/commit-tag.js";
import type { SnapshotByKey } from "../commits/snapshot.js";
import { mergeStates } from "../conflicts/merge-states.js";
import { changeOf } from "../conflicts/read-change.js";
import { resolvedPart } from "../conflicts/records/conflict-writes.js";
import type { ConflictRecord } from "../conflicts/records/record.js";
import { notFound, type Refused, refused } from "../http/refusal.js";
import { sentences } from "../http/sentences.js";
import type { Collection } from "../resources/collection.js";
import type { CollectionExchange } from "../resources/collection-exchange.js";
import type { ResolutionRequest } from "../resources/resolution-request.js";
import { baseFields, newestFields } from "../resources/shown-conflict.js";
import { refuseUnmerged } from "../resources/stale-conflict.js";
import type { WriteRequest } from "../resources/write-request.js";
import { fieldsIn, type State, shownVersion } from "../states/representation.js";
import { currentState, type RecordState, stateOf } from "../states/selected-state.js";
import { decide } from "./write.js";

/** An open conflict, and what is known of its resource. */
export interface OpenConflict {
  readonly stored: StoredRecord;
  readonly record: ConflictRecord;
  readonly collection: Collection;
  readonly id: string;
}

/** What a resolution comes to: the resource as it will be, with the parts of the commit that makes it so. */
export interface Resolution {
  readonly kind: "resolve";
  readonly parts: readonly CommitPart[];
  readonly header: CommitHeader;
  readonly state: State;
  readonly request: WriteRequest;
}

/** Resolves a conflict of a collection's resource by a write of it, or by leaving it as it is. */
export async function resolveResource(
  exchange: CollectionExchange,
  request: ResolutionRequest,
  open: OpenConflict,
  states: SnapshotByKey,
): Promise<Resolution | Refused> {
  const { record, collection } = open;
  const { resource } = record;
  const found = states.record(resource);
  if (record.proposed === undefined && (request.resolution === "mine" || request.resolution === "merge"))
    return refused("invalid-state", sentences.proposalNotKept, { members: { resource } }); // 409
  const write = writeFor(request, open);
  if (request.resolution === "theirs") return keepCurrent(exchange, write, open, states); // 403, conflict
  const action = write.method === "DELETE" ? "delete" : "change";
  const allowed = await exchange.askPermission(
    [action],
    resource,
    fieldsIn(collection, found?.deleted ? undefined : found),
  ); // 401, 403
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
      return { kind: "resolve", header, parts: [part, closing], state, request: merged.request };
    }
  }
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
    conditions: { version: version ?? record.current.shown ?? 0 },
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
    parts: [{ reads: [{ key: resource, expect }] }, closingPart(exchange, open, request, now)],
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
