import type { JsonObject } from "@unclash/core/json";
import type { Moment } from "@unclash/core/store";
import { recordedName } from "../access/actor.js";
import { noClaim } from "../access/default-permissions.js";
import type { CommitPart } from "../commits/commit-parts.js";
import { newConflictId } from "../conflicts/records/conflict-keys.js";
import { settledPart } from "../conflicts/records/conflict-writes.js";
import type { ConflictRecord, RecordedState } from "../conflicts/records/record.js";
import { type LateWrite, recordOf } from "../conflicts/records/record-of.js";
import { fieldsIn, newestShape, shownVersion } from "../states/representation.js";
import type { RecordState } from "../states/selected-state.js";
import type { CollectionExchange } from "./collection-exchange.js";
import type { WriteRequest } from "./write-request.js";

/** A late write to a resource of a collection. */
export interface LateResourceWrite extends LateWrite<RecordState> {
  /** The fields that it wants to leave behind, in the newest shape; `null` for a deletion. */
  readonly proposed: JsonObject | null;
}

/** The record of a late write to a resource of a collection. */
export function resourceRecord(
  exchange: CollectionExchange,
  { collection, key }: Pick<WriteRequest, "collection" | "key">,
  { proposed, ...late }: LateResourceWrite,
  { origin, now }: { readonly origin: ConflictRecord["origin"]; readonly now: Moment },
): ConflictRecord {
  const { base, current } = late;
  // What a park tells of must be there for as long as it is open, whatever the history keeps.
  const isHeld = origin === "parked" && collection.retention !== "all";
  const recorded = (state: RecordState): RecordedState => ({
    version: state.record.version,
    shown: shownVersion(collection, state.record),
    ...(isHeld && { held: state.fields() }),
  });
  return recordOf(late, {
    origin,
    now,
    resource: key,
    recorded: { base: recorded(base), current: recorded(current) },
    states: () => ({ base: base.fields(), current: current.fields(), proposed }),
    proposed,
    shape: newestShape(collection),
    by: recordedName(exchange.actor),
    keepMs: collection.keepRecordsMs,
  });
}

/** The part of a commit that records what a strategy has settled. */
export interface PlannedRecord {
  /** Its id, where the caller may read the record. */
  readonly shownId: string | undefined;
  readonly part: CommitPart;
}

/** Plans the record of a write that a strategy has let through; nothing where it is only tried out. */
export async function planRecord(
  exchange: CollectionExchange,
  request: WriteRequest,
  late: LateResourceWrite,
  now: Moment,
): Promise<PlannedRecord | undefined> {
  if (request.preferences.dryRun) return undefined;
  const record = resourceRecord(exchange, request, late, { origin: "settled", now });
  const id = newConflictId();
  const isTold = await mayReadOwnConflict(exchange, request, late.current);
  return { shownId: isTold ? id : undefined, part: settledPart(id, record) };
}

/** Whether the sender of a write is told where the conflict is recorded that it has made. */
export async function mayReadOwnConflict(
  exchange: CollectionExchange,
  { collection, key }: Pick<WriteRequest, "collection" | "key">,
  current: RecordState,
): Promise<boolean> {
  if (exchange.actor === undefined) return false;
  const state = fieldsIn(collection, current.record);
  return (await exchange.ask("read-conflict", key, state, { ...noClaim, isOwn: true })) === "allow";
}
