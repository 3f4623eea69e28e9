import { formatEntityTag } from "@unclash/core";
import type { JsonObject } from "@unclash/core/json";
import { recordedName } from "../access/actor.js";
import { firstShape } from "../commits/commit-tag.js";
import type { StaleStates } from "../conflicts/merge-states.js";
import { newConflictId } from "../conflicts/records/conflict-keys.js";
import type { GuardedConflicts } from "../conflicts/records/guarded-conflicts.js";
import type { ConflictRecord, RecordedState } from "../conflicts/records/record.js";
import { type LateWrite, recordOf } from "../conflicts/records/record-of.js";
import type { RowState } from "../states/row-state.js";
import type { GuardExchange } from "./guard-exchange.js";
import type { SettledRecord } from "./settled-record.js";

/** A late write at a guard. */
export interface LateRowWrite extends LateWrite<RowState> {
  readonly states: StaleStates;
}

/** Prepares the record of a write that a strategy lets through; nothing where the guard keeps none. */
export async function settledRecord(exchange: GuardExchange, late: LateRowWrite): Promise<SettledRecord | undefined> {
  const { records } = exchange.settings;
  if (records === undefined || !isRecordable(exchange.resource)) return undefined;
  const record = rowRecord(exchange, records, late, "settled");
  const id = newConflictId();
  const isTold = await records.mayReadOwn(record.resource, exchange.actor);
  return { shownId: isTold ? id : undefined, begin: () => records.recordSettled(id, record) };
}

/**
 * Records a write that is refused: parked, or among the refusals where they are recorded.
 *
 * @returns the id of the record, where there is one that the caller may read
 * @throws StoreError where the store failed
 */
export async function recordRefused(
  exchange: GuardExchange,
  late: LateRowWrite,
  origin: "parked" | "refused",
): Promise<string | undefined> {
  const { records, resolveWithinMs } = exchange.settings;
  if (records === undefined || !isRecordable(exchange.resource)) return undefined;
  const record = rowRecord(exchange, records, late, origin);
  const id =
    origin === "parked" ? await records.park(record, resolveWithinMs) : records.recordRefusal(record, resolveWithinMs);
  return id !== undefined && (await records.mayReadOwn(record.resource, exchange.actor)) ? id : undefined;
}

/** The longest name of a resource that is recorded, in bytes: longer ones are made by clients that mean no good. */
const nameBytesMax = 512;

/** Whether a name that a guard has made of a request can be that of something in a store. */
function isRecordable(resource: string | undefined): resource is string {
  if (resource === undefined || !resource.isWellFormed() || /\p{Cc}/u.test(resource)) return false;
  return Buffer.byteLength(resource) <= nameBytesMax;
}

/** The record of a late write to a guarded resource. */
function rowRecord(
  { resource = "", actor, settings }: GuardExchange,
  { name }: GuardedConflicts,
  { states, ...late }: LateRowWrite,
  origin: ConflictRecord["origin"],
): ConflictRecord {
  const { base, current } = late;
  return recordOf(late, {
    origin,
    now: Date.now(),
    guard: name,
    resource,
    recorded: { base: recorded(base, states.base), current: recorded(current, states.current) },
    states: () => states,
    proposed: states.proposed,
    shape: firstShape,
    by: recordedName(actor),
    keepMs: settings.keepRecordsMs,
  });
}

/** A row's past is the app's to know: what clients were shown of it is held. */
function recorded({ version, etag }: RowState, held: JsonObject): RecordedState {
  return { ...(version !== undefined && { shown: version }), etag: formatEntityTag(etag), held };
}
