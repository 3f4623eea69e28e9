import type { JsonObject } from "@unclash/core/json";
import { isJsonObject } from "@unclash/core/json";
import type { Moment, StoredRecord } from "@unclash/core/store";
import { recordedName } from "../access/actor.js";
import type { CommitHeader, CommitPart } from "../commits/commit-parts.js";
import { createTag } from "../commits/commit-tag.js";
import { mergeStates } from "../conflicts/merge-states.js";
import { conflictIdOf } from "../conflicts/records/conflict-keys.js";
import { resolvedPart } from "../conflicts/records/conflict-writes.js";
import type { AppliedResolution, GuardedConflict, GuardedConflicts } from "../conflicts/records/guarded-conflicts.js";
import type { ConflictRecord } from "../conflicts/records/record.js";
import { noObject, type Refused, refused } from "../http/refusal.js";
import { sentences } from "../http/sentences.js";
import type { CollectionExchange } from "../resources/collection-exchange.js";
import type { ResolutionRequest } from "../resources/resolution-request.js";

/** What has become of a guarded resource, and the commit that closes its conflict. */
export interface GuardedResolution {
  readonly kind: "applied";
  readonly header: CommitHeader;
  readonly parts: readonly CommitPart[];
  readonly version: number | undefined;
  readonly etag: string | undefined;
}

/**
 * Resolves a conflict of a guarded resource by what the app does: a step a line, with the statuses that it can answer.
 * The app's database and the store are two: should the process die between the two writes, the conflict stays open, and
 * the next try finds the resource changed.
 */
export async function resolveGuarded(
  exchange: CollectionExchange,
  request: ResolutionRequest,
  { stored, record, now }: { readonly stored: StoredRecord; readonly record: ConflictRecord; readonly now: Moment },
): Promise<GuardedResolution | Refused> {
  const { resource, guard = "" } = record;
  const records = exchange.settings.guardedConflicts.get(guard);
  if (records?.isResolvable !== true) return invalidState(resource, sentences.resolvedByApp(resource)); // 409
  const by = recordedName(exchange.actor);
  const parts = [resolvedPart(stored, record, { kind: request.resolution, by, at: now })];
  const closing = { kind: "applied", header: { tag: createTag(), at: now, by, cause: "resolution" }, parts } as const;
  const { shown, etag } = record.current;
  if (request.resolution === "theirs") return { ...closing, version: shown, etag };
  const conflict = guardedConflict(exchange, request, stored, record);
  if (conflict === undefined) return invalidState(resource, sentences.proposalNotKept); //            409
  const value = valueFor(request, conflict, records);
  if (value.kind === "refused") return value; //                                                      422, conflict
  const action = value.value === null ? "delete" : "change";
  const permission = await exchange.askPermission([action], resource, "never");
  if (permission.kind === "refused") return permission; //                                            401, 403
  if (permission.kind === "hidden") return movedOn(conflict, {});
  // What is tried out reaches no app: it could not be asked not to write.
  if (request.preferences.dryRun) return { ...closing, version: undefined, etag: undefined };
  const outcome = await records.apply(conflict, value.value);
  if (outcome.kind === "conflict") return movedOn(conflict, outcome); //                              conflict
  return { ...closing, version: outcome.version, etag: outcome.etag };
}

function invalidState(resource: string, detail: string): Refused {
  return refused("invalid-state", detail, { members: { resource } });
}

/** The conflict as the app gets it; nothing where its states are not held any more. */
function guardedConflict(
  { actor }: CollectionExchange,
  { version }: ResolutionRequest,
  stored: StoredRecord,
  { resource, base, current, proposed }: ConflictRecord,
): GuardedConflict | undefined {
  if (base.held === undefined || current.held === undefined || proposed === undefined) return undefined;
  return {
    id: conflictIdOf(stored.key),
    resource,
    base: base.held,
    current: current.held,
    proposed,
    version: version ?? current.shown,
    etag: version === undefined ? current.etag : undefined,
    actor,
  };
}

/** What the resource is to become; `null` to be deleted. */
function valueFor(
  { resolution, value }: ResolutionRequest,
  conflict: GuardedConflict,
  { merging }: GuardedConflicts,
): { readonly kind: "value"; readonly value: JsonObject | null } | Refused {
  const { base, current, proposed } = conflict;
  if (resolution === "mine") return { kind: "value", value: proposed };
  if (resolution === "custom") return isJsonObject(value) ? { kind: "value", value } : noObject;
  const merged = mergeStates({ base, current, proposed }, merging);
  if (merged.kind === "clean") return { kind: "value", value: merged.value };
  const conflictingFields = merged.clashes.map(({ path }) => path);
  return refuseConflict(conflict, sentences.unmerged, { conflictingFields });
}

function movedOn(conflict: GuardedConflict, { version, etag }: Omit<AppliedResolution, "kind">): Refused {
  const current = { ...(version !== undefined && { version }), ...(etag !== undefined && { etag }) };
  const isKnown = version !== undefined || etag !== undefined;
  return refuseConflict(conflict, sentences.stateDiffers(conflict.resource), isKnown ? { current } : {});
}

function refuseConflict(
  { resource, version, etag }: GuardedConflict,
  detail: string,
  more: Readonly<Record<string, unknown>>,
): Refused {
  const expected = version === undefined ? { etag: [etag] } : { version };
  return refused("version-conflict", detail, { members: { resource, expected, ...more, identical: false, links: {} } });
}
