import type { ResponsePlan } from "@unclash/core";
import type { JsonObject } from "@unclash/core/json";
import type { Clash, CommitResult } from "@unclash/core/store";
import { recordedName } from "../access/actor.js";
import type { Permission } from "../access/resource-exchange.js";
import { commitOnce, nothingTried } from "../commits/commit-once.js";
import { type CommitPart, commitOf } from "../commits/commit-parts.js";
import { createTag } from "../commits/commit-tag.js";
import { readByKey, type SnapshotByKey } from "../commits/snapshot.js";
import type { Lost } from "../commits/try-in-line.js";
import { applyChange, patchedTooLarge, replacesState } from "../conflicts/change.js";
import { notFound, type Refused } from "../http/refusal.js";
import { refusedResponse } from "../http/responses.js";
import { answerWrites, checkKey, countKept, type KeySlot, type ShownState } from "../idempotency/in-commit.js";
import { lacksPrecondition, preconditionRequired } from "../preconditions/requirement.js";
import type { CollectionExchange } from "../resources/collection-exchange.js";
import { targetOf } from "../resources/loss.js";
import { afterLostRace, waitsBehindOthers } from "../resources/lost-race.js";
import { inNewestShape } from "../resources/newest-shape.js";
import { type NewState, type PlannedWrite, planWrite } from "../resources/planned-write.js";
import { planRecord } from "../resources/recorded-write.js";
import { checkReferrers, referenceWrites } from "../resources/referrers.js";
import { duplicateId, duplicateValue, goneOrMissing } from "../resources/refusals.js";
import { refuseMerged, type SettledWrite } from "../resources/stale-conflict.js";
import { checkPreconditions, type Parked } from "../resources/stale-write.js";
import { findHolder, uniqueClash } from "../resources/unique.js";
import { validateWrite } from "../resources/validation.js";
import { askAgain, askCreation, askForContent, isHiddenFromCreator } from "../resources/write-permission.js";
import { readWriteRequest, type WriteRequest, type WriteTarget } from "../resources/write-request.js";
import { showing, withoutHiddenState, writtenResponse } from "../resources/written.js";
import { isUnchanged, type State } from "../states/representation.js";
import { type RecordState, stateOf } from "../states/selected-state.js";
import { readTarget } from "../versions/rollback.js";
import { tryUntilAnswered } from "./contended-write.js";

/**
 * POST, PUT, PATCH and DELETE, whose permission was asked by their path: a step a line, with the statuses that it can
 * answer.
 */
export async function answerWrite(
  exchange: CollectionExchange,
  method: WriteRequest["method"],
  target: WriteTarget,
): Promise<ResponsePlan> {
  const read = await readWriteRequest(exchange, method, target); //                        415, 413, 400
  if (read.kind === "refused") return refusedResponse(exchange, read);
  if (method === "POST" && target.hidden) return refusedResponse(exchange, notFound(`${target.collection.name}/*`));
  const permission = await askForContent(exchange, read.request); //                       401, 403
  if (permission.kind === "refused") return refusedResponse(exchange, permission);
  const request = permission.kind === "hidden" ? { ...read.request, hidden: true } : read.request;
  const isOpen = exchange.settings.writerLines.isOpen(request.key);
  const isInLine = isOpen && !exchange.isAskedAgain && waitsBehindOthers(request);
  return tryUntilAnswered(exchange, request.key, isInLine, () => tryToWrite(exchange, request)); // 503
}

/**
 * One try: read, decide, commit. It gives the answer, or what to do now that others have changed what it was decided on
 * meanwhile. A write with a precondition learns next that this no longer holds; one whose key came twice at once finds
 * the other's answer.
 */
async function tryToWrite(exchange: CollectionExchange, request: WriteRequest): Promise<ResponsePlan | Lost> {
  const { collection, key, keyed, preferences } = request;
  const { dryRun } = preferences;
  const snapshot = await readByKey(
    exchange.reader,
    keyed === undefined ? [key] : [key, keyed.record.key, keyed.record.former],
  );
  const attempt = { keyed, dryRun, show: showing(collection) };
  const step = await checkKey(exchange, attempt, snapshot); //                             replay, 409, 422, 429
  if (step.kind === "replay") return step.response;
  if (step.kind === "refused") return refusedResponse(exchange, step);
  const { slot } = step;
  const decision = await decide(exchange, request, snapshot);
  if (decision.kind === "refused")
    return conclude(exchange, showable(request), { slot, snapshot }, refusedResponse(exchange, decision));
  if (decision.kind === "parked") {
    const response = refusedResponse(exchange, decision.refused); //                         conflict
    return conclude(exchange, showable(request), { slot, snapshot, part: decision.part }, response);
  }
  if (decision.kind === "unchanged") {
    const { state, settledBy: by } = decision;
    const settled = by && { by, conflictId: undefined };
    const response = writtenResponse(exchange, request, { state, settled, outcome: "unchanged" });
    const shown = await withoutHiddenState(exchange, request, response, decision.state);
    return conclude(exchange, showable(request), { slot, snapshot }, shown);
  }
  const { settled, fields } = decision;
  const late = settled && { ...settled, proposed: settled.proposed === undefined ? fields : settled.proposed };
  const record = late && (await planRecord(exchange, request, late, snapshot.now));
  const response = plannedResponse(exchange, request, decision, record?.shownId); //       200, 201, 204
  const writes = answerWrites(exchange, slot, response, { ...showable(request), version: decision.state.version });
  const commit = commitOf(decision.header, [decision.part, { writes }, record?.part ?? nothing]);
  const result = dryRun
    ? await tryOut(exchange, decision)
    : await commitOnce(exchange.settings.store, commit, exchange.settings.requestLimits);
  exchange.applied = result.kind === "committed" && !dryRun;
  if (result.kind === "committed") {
    countKept(exchange, slot, snapshot.now, writes);
    return withoutHiddenState(exchange, request, response, decision.state);
  }
  const taken = uniqueClash(result.clashes);
  if (taken === undefined) return afterLostRace(request, decision, result.clashes);
  const duplicate = await duplicateValue(exchange, request, taken, decision.state); //     409
  return conclude(exchange, showable(request), { slot, snapshot }, refusedResponse(exchange, duplicate));
}

/** A write that would leave behind what is there already. */
interface Unchanged {
  readonly kind: "unchanged";
  readonly state: State;
  readonly settledBy: SettledWrite["strategy"] | undefined;
}

const nothing: CommitPart = {};

/**
 * Decides on a write, given what there is. What it decides is true only for this snapshot; the commit that it plans
 * fails if anything in it has changed.
 */
export async function decide(
  exchange: CollectionExchange,
  given: WriteRequest,
  snapshot: SnapshotByKey,
): Promise<PlannedWrite | Unchanged | Parked | Refused> {
  const stored = snapshot.record(given.key);
  const permission = await askAgain(exchange, given, stored); //                           401, 403
  if (permission.kind === "refused") return permission;
  const isHidden = permission.kind === "hidden" || (await isHiddenFromCreator(exchange, given, stored));
  const read = await readTarget(exchange, isHidden ? { ...given, hidden: true } : given); // 404
  if (read.kind === "refused") return read;
  const { request } = read;
  const { collection, method, change, conditions, id, key } = request;
  const found = request.hidden ? undefined : stored;
  const current = stateOf(collection, found);
  const exists = current !== undefined;
  const needsState = method === "PATCH" || method === "DELETE";
  if (!exists && needsState) return goneOrMissing(exchange, request, found); // 404, 410
  if (method !== "POST" && lacksPrecondition(collection, method, conditions, exists))
    return preconditionRequired(collection, {
      resource: key,
      path: exchange.pathOf(collection.name, id),
      creates: true,
    }); // 428
  const accepted = await checkPreconditions(exchange, request, current, snapshot.now); //  conflict
  if (accepted.kind !== "accepted") return accepted;
  const { settled } = accepted;
  if (change.kind === "delete") {
    const deletion = await planDeletion(exchange, request, current); //                     409
    return deletion.kind === "refused" ? deletion : planWrite(exchange, request, snapshot, deletion, settled);
  }
  const creation: Permission = exists ? { kind: "allowed" } : await askCreation(exchange, request); // 403
  if (creation.kind === "refused") return creation;
  const proposed =
    accepted.value === undefined
      ? applyChange(change, representationFor(request, current), targetOf(exchange, request)) // 400, 413, 422, 409
      : { kind: "applied" as const, value: accepted.value };
  if (proposed.kind === "refused") return proposed;
  // A POST to a taken id would be a creation: it is checked as one, since what is invalid is told before what is taken.
  const isCreation = method === "POST" || !exists;
  const replaced = isCreation ? undefined : current;
  const content =
    accepted.value === undefined
      ? await inNewestShape(exchange, request, proposed.value, replaced) //                 422
      : { kind: "newest" as const, value: accepted.value };
  if (content.kind === "refused") return content;
  const valid = await validateWrite(exchange, request, content, replaced?.record); // 422, 409
  if (valid.kind === "refused")
    return settled?.strategy === "merge" ? refuseMerged(exchange, request, settled, valid, snapshot.now) : valid;
  const isTaken = stored !== undefined && stored.deleted !== true;
  if (isCreation && (isTaken || creation.kind === "hidden")) return duplicateId(exchange, request, stored); // 409
  if (current !== undefined && isUnchanged(collection, id, current.record, valid.content))
    return { kind: "unchanged", state: current.record, settledBy: settled?.strategy };
  const planned = planWrite(exchange, request, snapshot, valid, settled);
  return hasOutgrown(exchange, request, planned, current?.record) // 413
    ? patchedTooLarge(exchange.settings.requestLimits.bodyBytesMax)
    : planned;
}

/** What a deletion leaves behind, unless others refer to the resource. */
async function planDeletion(
  exchange: CollectionExchange,
  request: WriteRequest,
  current: RecordState | undefined,
): Promise<({ readonly kind: "deletion" } & NewState) | Refused> {
  const referrers = await checkReferrers(exchange, request);
  if (referrers.kind === "refused") return referrers;
  const writes = referenceWrites(exchange.settings.requestLimits, request, () => current?.fields(), undefined);
  return { kind: "deletion", content: null, reads: referrers.reads, writes };
}

/** A replacement does not look at what it replaces. */
function representationFor({ change }: WriteRequest, current: RecordState | undefined): JsonObject {
  return replacesState(change) || current === undefined ? {} : current.representation();
}

/**
 * A resource that has grown patch by patch could no longer be sent back whole. One that is larger already, from when
 * the limit was higher, may not grow; its version may, by a digit.
 */
function hasOutgrown(
  { settings }: CollectionExchange,
  { change }: WriteRequest,
  { text, state, settled }: PlannedWrite,
  before: State | undefined,
): boolean {
  if ((change.kind !== "merge-patch" && settled?.strategy !== "merge") || text === null) return false;
  const bytes = Buffer.byteLength(text);
  if (bytes <= settings.requestLimits.bodyBytesMax) return false;
  const digits = String(state.version).length - String(before?.version ?? 0).length;
  return bytes > Buffer.byteLength(before?.text ?? "") + digits;
}

/** The answer to a write that may happen: its commit is all or nothing, so what it will have made is known before. */
function plannedResponse(
  exchange: CollectionExchange,
  request: WriteRequest,
  { state, created, settled }: PlannedWrite,
  conflictId: string | undefined,
): ResponsePlan {
  const outcome = state.text === null ? "deleted" : created ? "created" : "changed";
  return writtenResponse(exchange, request, {
    state,
    outcome,
    settled: settled && { by: settled.strategy, conflictId },
  });
}

/** What an answer that is kept may show. */
export function showable({ key, collection }: Pick<WriteRequest, "key" | "collection">): Omit<ShownState, "version"> {
  return { key, isLasting: collection.retention === "all" };
}

/**
 * An answer that changes no resource, once it is kept for a repeat, with what else is to be recorded of it; `retry`
 * where that is out of date by then, or the key has been used meanwhile.
 */
export async function conclude(
  exchange: CollectionExchange,
  { key, isLasting }: Omit<ShownState, "version">,
  { slot, snapshot, part }: Answering,
  response: ResponsePlan,
): Promise<ResponsePlan | Lost> {
  const { now: at } = snapshot;
  const version = snapshot.record(key)?.version;
  const writes = answerWrites(exchange, slot, response, { key, version, isLasting });
  if (writes.length === 0 && part === undefined) return response;
  const cause = part === undefined ? "answer" : "conflict";
  const header = { tag: createTag(), at, by: recordedName(exchange.actor), cause };
  const { store, requestLimits } = exchange.settings;
  const commit = commitOf(header, [{ writes }, part ?? nothing]);
  const result = await commitOnce(store, commit, requestLimits).catch(nothingTried);
  if (result.kind !== "committed") return "retry";
  countKept(exchange, slot, at, writes);
  return response;
}

/** Where an answer is kept, as of which moment, and what is committed with it. */
interface Answering {
  readonly slot: KeySlot | undefined;
  readonly snapshot: SnapshotByKey;
  readonly part?: CommitPart;
}

/** Looks whether the commit would go through as far as others' unique values are concerned, and commits nothing. */
async function tryOut(exchange: CollectionExchange, { part }: PlannedWrite): Promise<CommitResult> {
  const [write] = part.writes ?? [];
  const values = write !== undefined && "put" in write ? (write.index ?? []) : [];
  const clashes: Clash[] = write === undefined ? [] : await findHolder(exchange.reader, values, write.key);
  return clashes.length > 0 ? { kind: "clash", clashes } : { kind: "committed", records: [] };
}
