import { formatEntityTag } from "@unclash/core";
import { conflictingPointers, diffJson, type JsonObject } from "@unclash/core/json";
import { recordedName } from "../access/actor.js";
import { firstShape } from "../commits/commit-tag.js";
import { comparedBytesMax } from "../conflicts/conflict.js";
import type { StaleStates } from "../conflicts/merge-states.js";
import { newConflictId } from "../conflicts/records/conflict-keys.js";
import type { GuardedConflicts } from "../conflicts/records/guarded-conflicts.js";
import type { ConflictRecord, RecordedState } from "../conflicts/records/record.js";
import { type Strategy, strategyLabel } from "../conflicts/strategy.js";
import type { RowState } from "../states/row-state.js";
import type { GuardExchange } from "./guard-exchange.js";
import type { SettledRecord } from "./settled-record.js";

/** A late write at a guard, as its record tells of it. */
export interface LateWrite {
  readonly strategy: Strategy;
  readonly base: RowState;
  readonly current: RowState;
  readonly states: StaleStates;
  /** What a merge has left open, by JSON Pointers. @default what both have changed */
  readonly clashing?: readonly string[] | undefined;
}

/** Prepares the record of a write that a strategy lets through; nothing where the guard keeps none. */
export async function settledRecord(exchange: GuardExchange, late: LateWrite): Promise<SettledRecord | undefined> {
  const { records } = exchange.settings;
  if (records === undefined || !isRecordable(exchange.resource)) return undefined;
  const record = recordOf(exchange, records, late, "settled");
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
  late: LateWrite,
  origin: "parked" | "refused",
): Promise<string | undefined> {
  const { records, resolveWithinMs } = exchange.settings;
  if (records === undefined || !isRecordable(exchange.resource)) return undefined;
  const record = recordOf(exchange, records, late, origin);
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

function recordOf(
  { resource = "", actor, settings }: GuardExchange,
  { name }: GuardedConflicts,
  { strategy, base, current, states, clashing }: LateWrite,
  origin: ConflictRecord["origin"],
): ConflictRecord {
  const now = Date.now();
  const by = recordedName(actor);
  return {
    state: origin === "settled" ? "resolved" : "open",
    origin,
    guard: name,
    resource,
    strategy: strategyLabel(strategy),
    base: recorded(base, states.base),
    current: recorded(current, states.current),
    proposed: states.proposed,
    shape: firstShape,
    clashing: clashing ?? bothChanged(base, current, states),
    by,
    detectedAt: now,
    count: 1,
    keepMs: settings.keepRecordsMs,
    ...(origin === "settled" && { resolution: { kind: strategyLabel(strategy), by, at: now } }),
  };
}

/** A row's past is the app's to know: what clients were shown of it is held. */
function recorded({ version, etag }: RowState, held: JsonObject): RecordedState {
  return { ...(version !== undefined && { shown: version }), etag: formatEntityTag(etag), held };
}

/** What both have changed; nothing is said where that costs too much. */
function bothChanged(base: RowState, current: RowState, states: StaleStates): readonly string[] {
  if (base.exceeds(comparedBytesMax) || current.exceeds(comparedBytesMax)) return [];
  const { base: before, current: now, proposed } = states;
  const mine = proposed === null ? ([{ op: "remove", path: "" }] as const) : diffJson(before, proposed);
  return conflictingPointers(diffJson(before, now), mine, before);
}
