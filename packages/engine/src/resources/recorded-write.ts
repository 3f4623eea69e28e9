import { conflictingPointers, diffJson, type JsonObject } from "@unclash/core/json";
import type { Moment } from "@unclash/core/store";
import { recordedName } from "../access/actor.js";
import { noClaim } from "../access/default-permissions.js";
import type { CommitPart } from "../commits/commit-parts.js";
import { comparedBytesMax } from "../conflicts/conflict.js";
import { newConflictId } from "../conflicts/records/conflict-keys.js";
import { settledPart } from "../conflicts/records/conflict-writes.js";
import type { ConflictRecord, RecordedState } from "../conflicts/records/record.js";
import { type Strategy, strategyLabel } from "../conflicts/strategy.js";
import { fieldsIn, newestShape, shownVersion } from "../states/representation.js";
import type { RecordState } from "../states/selected-state.js";
import type { CollectionExchange } from "./collection-exchange.js";
import type { WriteRequest } from "./write-request.js";

/** A late write, as its record tells of it. */
export interface LateWrite {
  readonly strategy: Strategy;
  readonly base: RecordState;
  readonly current: RecordState;
  /** The fields that it wants to leave behind, in the newest shape; `null` for a deletion. */
  readonly proposed: JsonObject | null;
  /** What a merge has left open, by JSON Pointers. @default what both have changed */
  readonly clashing?: readonly string[] | undefined;
}

/** The record of a late write. */
export function recordOf(
  exchange: CollectionExchange,
  { collection, key }: Pick<WriteRequest, "collection" | "key">,
  { strategy, base, current, proposed, clashing }: LateWrite,
  { origin, now }: { readonly origin: ConflictRecord["origin"]; readonly now: Moment },
): ConflictRecord {
  // What a park tells of must be there for as long as it is open, whatever the history keeps.
  const isHeld = origin === "parked" && collection.retention !== "all";
  const recorded = (state: RecordState): RecordedState => ({
    version: state.record.version,
    shown: shownVersion(collection, state.record),
    ...(isHeld && { held: state.fields() }),
  });
  return {
    state: origin === "settled" ? "resolved" : "open",
    origin,
    resource: key,
    strategy: strategyLabel(strategy),
    base: recorded(base),
    current: recorded(current),
    proposed,
    shape: newestShape(collection),
    clashing: clashing ?? bothChanged(base, current, proposed),
    by: recordedName(exchange.actor),
    detectedAt: now,
    count: 1,
    keepMs: collection.keepRecordsMs,
    ...(origin === "settled" && {
      resolution: { kind: strategyLabel(strategy), by: recordedName(exchange.actor), at: now },
    }),
  };
}

/** What both have changed; nothing is said where that costs too much. */
function bothChanged(base: RecordState, current: RecordState, proposed: JsonObject | null): readonly string[] {
  if (base.exceeds(comparedBytesMax) || current.exceeds(comparedBytesMax)) return [];
  const before = base.fields();
  const mine = proposed === null ? ([{ op: "remove", path: "" }] as const) : diffJson(before, proposed);
  return conflictingPointers(diffJson(before, current.fields()), mine, before);
}

/** The part of a commit that records what a strategy has settled. */
export interface PlannedRecord {
  /** Its id, where the caller may read the record. */
  readonly shownId: string | undefined;
  readonly part: CommitPart;
}

/** A write that may happen, with what its strategy has looked at. */
interface SettledPlan {
  readonly settled:
    | (Omit<LateWrite, "proposed" | "clashing"> & {
        /** @default the fields that are written */
        readonly proposed: LateWrite["proposed"] | undefined;
      })
    | undefined;
  /** The fields that are written, in the newest shape; `null` for a deletion. */
  readonly fields: JsonObject | null;
}

/** Plans the record of a write that a strategy has let through; nothing for others, or where it is only tried out. */
export async function planRecord(
  exchange: CollectionExchange,
  request: WriteRequest,
  { settled, fields }: SettledPlan,
  now: Moment,
): Promise<PlannedRecord | undefined> {
  if (settled === undefined || request.preferences.dryRun) return undefined;
  const { strategy, base, current, proposed = fields } = settled;
  const record = recordOf(exchange, request, { strategy, base, current, proposed }, { origin: "settled", now });
  const id = newConflictId();
  const isTold = await mayReadOwnConflict(exchange, request, current);
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
