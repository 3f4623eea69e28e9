import { evaluatePreconditions } from "@unclash/core";
import type { Json, JsonObject } from "@unclash/core/json";
import type { Moment } from "@unclash/core/store";
import type { CommitPart } from "../commits/commit-parts.js";
import { listExists, settledFacts } from "../conflicts/conflict.js";
import { findBase } from "../conflicts/merge-base.js";
import { isThereAlready } from "../conflicts/merge-states.js";
import { newConflictId } from "../conflicts/records/conflict-keys.js";
import { findSlot, openPart } from "../conflicts/records/conflict-writes.js";
import { settle } from "../conflicts/settle.js";
import type { Strategy } from "../conflicts/strategy.js";
import type { Refused } from "../http/refusal.js";
import { fieldsOf } from "../states/representation.js";
import { currentState, type RecordState } from "../states/selected-state.js";
import type { CollectionExchange } from "./collection-exchange.js";
import { lossIfSettled } from "./loss.js";
import { resourceRecord } from "./recorded-write.js";
import { refuseStale, type SettledWrite, type StaleWrite, versionsBehind } from "./stale-conflict.js";
import { statesOf } from "./stale-states.js";
import type { WriteRequest } from "./write-request.js";

/**
 * A write that may go on: as it is, or over the current state, where a strategy let it through though its precondition
 * failed.
 */
export interface Accepted {
  readonly kind: "accepted";
  readonly settled?: SettledWrite;
  /** The strategy's own value, in place of the change. */
  readonly value?: Json | undefined;
}

/** A conflict that is to be recorded with its answer: the part of the commit that does it. */
export interface Parked {
  readonly kind: "parked";
  readonly refused: Refused;
  readonly part: CommitPart;
}

/** Evaluates the preconditions of a write, and lets the strategy decide where one failed: conflict, or go on. */
export async function checkPreconditions(
  exchange: CollectionExchange,
  request: WriteRequest,
  current: RecordState | undefined,
  now: Moment,
): Promise<Accepted | Parked | Refused> {
  const { method, collection, conditions, key } = request;
  if (method === "POST")
    return conditions.ifNoneMatch === undefined
      ? { kind: "accepted" }
      : listExists(exchange, { resource: collection.name, path: exchange.pathOf(collection.name) });
  const verdict = evaluatePreconditions(method, conditions, currentState(current));
  if (verdict.kind !== "failed") return { kind: "accepted" };
  const failed = verdict.condition;
  const asked = askedStrategy(request);
  const settled = await settle<RecordState, RecordState>(
    { method, strategy: asked, merging: collection.merging, conditions, failed, current },
    {
      findBase: ({ record }) => findBase(exchange.reader, collection, request, record),
      statesOf: (base, there, strategy) => statesOf(exchange, request, { base, current: there }, strategy),
      ask: async (strategy, { base, current: there, proposed }) =>
        strategy({ resource: key, method, base, current: there, proposed, actor: exchange.actor }),
    },
  );
  switch (settled.kind) {
    case "refused":
      return settled;
    case "accepted": {
      const { base, value, strategy, states } = settled;
      if (current === undefined) throw new TypeError("A strategy has settled a write of nothing.");
      if (exchange.isObserved)
        exchange.conflict = settledFacts(
          method,
          { strategy, failed, versionsBehind: versionsBehind(request, current, base) },
          lossIfSettled(exchange, request, { base, current }),
        );
      const proposed = states?.proposed;
      return {
        kind: "accepted",
        settled: { strategy, base, current, failed, proposed },
        value: value ?? proposed ?? undefined,
      };
    }
    case "parked": {
      const { strategy, base, states } = settled;
      if (current === undefined) throw new TypeError("A strategy has parked a write of nothing.");
      // A function's value may have come from a representation, whose id and version are not its to choose.
      const proposed = states.proposed && fieldsOf(collection, states.proposed);
      return park(exchange, request, { failed, asked, strategy, base, current, now, proposed });
    }
    default:
      return refuseStale(exchange, request, { ...settled, failed, asked, current, now });
  }
}

/** The strategy that is to decide, should a precondition fail. What a rollback goes back to is merged with nothing. */
function askedStrategy({ preferences, collection, change, resolves }: WriteRequest): Strategy {
  if (resolves) return "reject";
  const strategy = preferences.onConflict ?? collection.strategy;
  return strategy === "merge" && change.kind === "rollback" ? "reject" : strategy;
}

/** The refusal, which says so where the client has asked for the strategy that parked its write (RFC 7240 §3). */
function byPreference({ refusal }: Refused, strategy: Strategy, { preferences }: WriteRequest): Refused {
  if (strategy !== preferences.onConflict) return { kind: "refused", refusal };
  const headers = { ...refusal.headers, "preference-applied": `on-conflict=${strategy}` };
  return { kind: "refused", refusal: { ...refusal, headers } };
}

/** Parks a late write; where too many of its resource are parked already, it is a plain conflict. */
async function park(
  exchange: CollectionExchange,
  request: WriteRequest,
  {
    proposed,
    ...found
  }: Omit<StaleWrite, "base" | "current"> & {
    readonly base: RecordState;
    readonly current: RecordState;
    readonly proposed: JsonObject | null;
  },
): Promise<Parked | Refused> {
  const { key, collection, preferences } = request;
  const isThere = isThereAlready({ proposed, current: found.current.fields() });
  const slot = preferences.dryRun || isThere ? undefined : await findSlot(exchange.reader, key);
  const conflictId = slot && newConflictId();
  const refusal = { ...found, conflictId, isParked: slot !== undefined, isPlain: false };
  const refused = await refuseStale(exchange, request, refusal);
  if (slot === undefined || conflictId === undefined) return refused;
  const { strategy, base, current, now } = found;
  const late = { strategy, base, current, proposed };
  const record = resourceRecord(exchange, request, late, { origin: "parked", now });
  const { resolveWithinMs } = collection;
  const reads = [{ key, expect: { tag: current.record.tag } }];
  const part = openPart(conflictId, record, slot, { resolveWithinMs, reads });
  return { kind: "parked", refused: byPreference(refused, strategy, request), part };
}
