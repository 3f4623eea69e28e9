import {
  type CurrentState,
  evaluatePreconditions,
  type ResponsePlan,
  type Snapshot,
  type StoredRecord,
  satisfiesRequirement,
  type Text,
} from "@unclash/core";
import type { Exchange } from "../access/exchange.js";
import { collectionExists } from "../conflicts/conflict.js";
import { patchedTooLarge, propose } from "../conflicts/propose.js";
import { settle } from "../conflicts/settle.js";
import { type Admission, admit } from "../resources/admission.js";
import { type PlannedWrite, planWrite } from "../resources/planned-write.js";
import {
  askPermission,
  duplicateId,
  goneOrMissing,
  type Permission,
  preconditionRequired,
} from "../resources/refusals.js";
import type { WriteIntent } from "../resources/write-request.js";
import { unchangedPlan } from "../resources/written.js";
import { entityTagOf, isUnchanged, parseRepresentation, shownVersion } from "../states/representation.js";

export type Decision =
  | { readonly kind: "respond"; readonly plan: ResponsePlan }
  | { readonly kind: "write"; readonly planned: PlannedWrite };

/**
 * Decides on a write, given what there is: existence, then the precondition, then the content. What it decides is
 * true only for this snapshot; the commit that it plans fails if anything in it has changed.
 */
export async function decide(exchange: Exchange, given: WriteIntent, snapshot: Snapshot): Promise<Decision> {
  const [stored] = snapshot.records;
  const intent = (await isHiddenFromCreator(exchange, given, stored)) ? { ...given, hidden: true } : given;
  const { collection, conditions, method, change } = intent;
  const found = intent.hidden ? undefined : stored;
  const current = found?.deleted ? undefined : found;
  if ((method === "PATCH" || method === "DELETE") && current === undefined)
    return respond(await goneOrMissing(exchange, intent, found));
  if (lacksPrecondition(intent, current)) return respond(preconditionRequired(exchange, intent));
  if (method === "POST" && conditions.ifNoneMatch !== undefined) return respond(collectionExists(exchange, intent));
  const verdict = method === "POST" ? proceed : evaluatePreconditions(method, conditions, stateOf(intent, current));
  const settled = verdict.kind === "failed" ? await settle(exchange, intent, verdict.condition, current) : undefined;
  if (settled?.kind === "refused") return respond(settled.plan);
  const settledBy = settled?.strategy;
  if (change.kind === "delete")
    return { kind: "write", planned: planWrite(exchange, intent, snapshot, deletion, settledBy) };
  const creation = current === undefined ? await askCreation(exchange, intent) : undefined;
  if (creation?.kind === "refused") return respond(creation.plan);
  const proposal = settled ?? propose(exchange, intent, current?.text ? parseForPatch(intent, current.text) : {});
  if (proposal.kind === "refused") return respond(proposal.plan);
  // A POST to a taken id would be a creation: it is checked as one, since what is invalid is told before what is taken.
  const isCreation = method === "POST" || current === undefined;
  const admission: Admission = await admit(exchange, intent, proposal.value ?? null, isCreation ? undefined : current);
  if (admission.kind === "refused") return respond(admission.plan);
  const isThere = stored !== undefined && stored.deleted !== true;
  if (isCreation && (isThere || creation?.kind === "hidden")) return respond(await duplicateId(exchange, intent));
  if (current !== undefined && isUnchanged(collection, intent.id, current, admission.content)) {
    return respond(await unchangedPlan(exchange, intent, current, settledBy));
  }
  const planned = planWrite(exchange, intent, snapshot, admission, settledBy);
  return outgrown(exchange, intent, planned) ? respond(patchedTooLarge(exchange)) : { kind: "write", planned };
}

/** Who may create here need not be allowed to know what is there already. */
async function isHiddenFromCreator(
  exchange: Exchange,
  { method, conditions, hidden, key }: WriteIntent,
  stored: StoredRecord | undefined,
): Promise<boolean> {
  if (hidden || method !== "PUT" || conditions.ifNoneMatch?.kind !== "any") return false;
  return stored !== undefined && stored.deleted !== true && (await exchange.permission("read", key)) === "hide";
}

/** Whether something may be made here. A POST, and a PUT that may only create, have asked for that already. */
async function askCreation(exchange: Exchange, { method, conditions, hidden, key }: WriteIntent): Promise<Permission> {
  if (method === "PUT" && conditions.ifNoneMatch?.kind !== "any") return askPermission(exchange, "create", key);
  return { kind: hidden ? "hidden" : "allowed" };
}

/** A resource that has grown patch by patch could no longer be sent back whole. */
function outgrown({ settings }: Exchange, { change }: WriteIntent, { text }: PlannedWrite): boolean {
  return change.kind === "merge-patch" && text !== null && Buffer.byteLength(text) > settings.limits.bodyBytesMax;
}

const proceed = { kind: "proceed" } as const;
const deletion = { content: null, reads: [] } as const;

function respond(response: ResponsePlan): Decision {
  return { kind: "respond", plan: response };
}

/** A replacement does not look at what it replaces. */
function parseForPatch({ change }: WriteIntent, text: Text): ReturnType<typeof parseRepresentation> {
  return change.kind === "replace" ? {} : parseRepresentation(text);
}

/** An absent resource is created only by who says that it is absent: a date says nothing about it. */
function lacksPrecondition(
  { collection, method, conditions }: WriteIntent,
  current: StoredRecord | undefined,
): boolean {
  if (method === "POST" || !collection.preconditionRequired) return false;
  const datesSuffice = collection.datesSuffice && current !== undefined;
  return !satisfiesRequirement(method, conditions, { datesSuffice });
}

function stateOf({ collection }: WriteIntent, current: StoredRecord | undefined): CurrentState {
  if (current === undefined) return { kind: "absent" };
  return {
    kind: "present",
    etag: entityTagOf(collection, current),
    modifiedAt: current.modifiedAt,
    version: shownVersion(collection, current),
  };
}
