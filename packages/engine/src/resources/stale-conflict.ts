import type { FailedCondition } from "@unclash/core";
import type { JsonObject } from "@unclash/core/json";
import type { Clash } from "@unclash/core/merge";
import type { Moment } from "@unclash/core/store";
import { recordedName } from "../access/actor.js";
import { versionsBetween } from "../access/request-decision.js";
import { conflict } from "../conflicts/conflict.js";
import { namedVersion } from "../conflicts/merge-base.js";
import { isThereAlready } from "../conflicts/merge-states.js";
import type { RejectedWrite } from "../conflicts/settle.js";
import { type Strategy, showsCurrent } from "../conflicts/strategy.js";
import { entriesIn, type Refused } from "../http/refusal.js";
import { sentences } from "../http/sentences.js";
import { weakenedEntries } from "../preconditions/proxy-tags.js";
import { fieldsIn } from "../states/representation.js";
import type { RecordState } from "../states/selected-state.js";
import { pointerForCaller, shownToCaller } from "./callers-names.js";
import type { Collection } from "./collection.js";
import type { CollectionExchange } from "./collection-exchange.js";
import { lossOf } from "./loss.js";
import { mayReadOwnConflict, resourceRecord } from "./recorded-write.js";
import { statesOf } from "./stale-states.js";
import type { WriteRequest } from "./write-request.js";

/** A late write that a strategy has let through. */
export interface SettledWrite {
  readonly strategy: Strategy;
  readonly base: RecordState;
  readonly current: RecordState;
  /** The condition that it did not meet. */
  readonly failed: FailedCondition;
  /** What its sender wanted, where that was worked out. */
  readonly proposed: JsonObject | null | undefined;
}

/** A late write that is a conflict, as far as it is known. */
export interface StaleWrite extends Omit<RejectedWrite<RecordState>, "kind"> {
  readonly failed: FailedCondition;
  /** The strategy that was to decide, had it had a say. */
  readonly asked: Strategy;
  readonly current: RecordState | undefined;
  readonly now: Moment;
  readonly detail?: string;
  readonly isParked?: boolean;
  /** The record that tells of it. @default one is made where refusals are recorded */
  readonly conflictId?: string | undefined;
  /** Whether it is one of those refusals: not what was to be parked, and could not be. @default true */
  readonly isPlain?: boolean;
}

/**
 * The conflict of a merge whose outcome can't be written: it names the fields that are at fault. A refusal for any
 * other reason stays as it is.
 */
export function refuseMerged(
  exchange: CollectionExchange,
  request: WriteRequest,
  { strategy, base, current, failed }: SettledWrite,
  refused: Refused,
  now: Moment,
): Refused | Promise<Refused> {
  const { slug, members, detail } = refused.refusal;
  const field = members?.["field"];
  const faults =
    slug === "validation-failed"
      ? entriesIn(refused)
      : slug === "invalid-state" && typeof field === "string"
        ? [{ pointer: field, detail }]
        : undefined;
  if (faults === undefined) return refused;
  return refuseStale(exchange, request, { strategy, asked: strategy, base, current, failed, now, faults });
}

/** The conflict of a resolution by merge that leaves something open. */
export function refuseUnmerged(
  exchange: CollectionExchange,
  request: WriteRequest,
  current: RecordState,
  clashes: readonly Clash[],
  now: Moment,
): Promise<Refused> {
  const strategy = "merge";
  return refuseStale(exchange, request, {
    strategy,
    asked: strategy,
    base: undefined,
    current,
    failed: "version",
    now,
    clashes,
    detail: sentences.unmerged,
  });
}

/** The conflict of a write whose precondition failed, as far as its sender may know of the current state. */
export async function refuseStale(
  exchange: CollectionExchange,
  request: WriteRequest,
  found: StaleWrite,
): Promise<Refused> {
  const { collection, conditions, id, key } = request;
  const { failed, current, base, strategy, asked, faults = [] } = found;
  // What is hidden is as absent as what its reader would find to be.
  const isDisclosed = request.hidden || (await exchange.mayRead(key, fieldsIn(collection, current?.record)));
  const conflictId = found.conflictId ?? (await recordRefusal(exchange, request, found));
  const isTold =
    conflictId !== undefined && current !== undefined && (await mayReadOwnConflict(exchange, request, current));
  const weakened =
    current === undefined || !isDisclosed ? [] : weakenedEntries(conditions, current.allTags?.() ?? [current.etag]);
  return conflict(exchange, {
    failed,
    strategy,
    current,
    resource: key,
    conditions,
    isDisclosed,
    showsContent: showsContent(collection, asked),
    namedVersion: namedVersion(conditions),
    isBaseGone: found.isBaseGone,
    detail: found.detail,
    isParked: found.isParked,
    ...(exchange.isObserved && { versionsBehind: current && versionsBehind(request, current, base) }),
    loss: isDisclosed ? current && (await lossOf(exchange, request, { base, current })) : "withheld",
    clashing: isDisclosed ? await clashingFields(exchange, request, found) : undefined,
    errors: [...weakened, ...faults],
    ...(isTold && { conflictId }),
    links: stateLinks(exchange, collection, id),
  });
}

/** The fields that a merge has left open, or could not write, for who may know what was there before. */
async function clashingFields(
  exchange: CollectionExchange,
  { collection, key }: WriteRequest,
  { strategy, faults, clashes, current }: StaleWrite,
): Promise<readonly string[] | undefined> {
  const faulty = strategy === "merge" ? faults?.flatMap(({ pointer }) => pointer ?? []) : undefined;
  if ((faulty === undefined && clashes === undefined) || current === undefined) return undefined;
  if ((await exchange.ask("history", key, fieldsIn(collection, current.record))) !== "allow") return undefined;
  const shown = shownToCaller(collection, current.fields());
  return [...new Set(faulty ?? clashes?.map(({ path }) => pointerForCaller(collection, path, shown)))];
}

/** Counts a refusal that is to be recorded, and gives the id of the record. */
async function recordRefusal(
  exchange: CollectionExchange,
  request: WriteRequest,
  { strategy, base, current, clashes, now, isPlain = true }: StaleWrite,
): Promise<string | undefined> {
  const { collection, preferences, resolves, key } = request;
  if (!collection.recordRefusals || !isPlain || preferences.dryRun || resolves || !base || !current) return undefined;
  const states = await statesOf(exchange, request, { base, current }, "reject");
  if ("kind" in states || states.faults !== undefined || isThereAlready(states)) return undefined;
  const clashing = clashes?.map(({ path }) => path);
  const late = { strategy, base, current, proposed: states.proposed, clashing };
  return exchange.settings.refusals.add({ resource: key, by: recordedName(exchange.actor) }, () => ({
    record: resourceRecord(exchange, request, late, { origin: "refused", now }),
    resolveWithinMs: collection.resolveWithinMs,
  }));
}

/** How far a write is behind, for observers; versions that are timestamps count nothing. */
export function versionsBehind(
  { collection, conditions }: WriteRequest,
  current: RecordState,
  base: RecordState | undefined,
): number | undefined {
  if (base !== undefined) return current.record.version - base.record.version;
  return collection.timestamps ? undefined : versionsBetween(current.version, namedVersion(conditions));
}

/** Whether conflicts of a collection show the current state to those who may read it. */
export function showsContent({ discloseCurrent, strategy: own }: Collection, strategy: Strategy = own): boolean {
  return discloseCurrent || showsCurrent(strategy);
}

/** The member `links` of a conflict: where the state can be read, and those before it, if any are kept. */
export function stateLinks(
  exchange: CollectionExchange,
  { name, retention }: Collection,
  id: string,
): Readonly<Record<string, string>> {
  const path = exchange.pathOf(name, id);
  return retention === "none" ? { resource: path } : { resource: path, versions: `${path}/versions` };
}
