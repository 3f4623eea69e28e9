import { evaluatePreconditions } from "@unclash/core";
import { isJsonObject, type Json } from "@unclash/core/json";
import { versionsBetween } from "../access/request-decision.js";
import { applyChange, type ChangeTarget, replacesState } from "../conflicts/change.js";
import {
  type Conflict,
  comparedBytesMax,
  conflict,
  type Loss,
  listExists,
  settledFacts,
} from "../conflicts/conflict.js";
import { findBase, namedVersion } from "../conflicts/merge-base.js";
import { settle } from "../conflicts/settle.js";
import type { Settlement, Strategy, StrategyFunction } from "../conflicts/strategy.js";
import type { Refused } from "../http/refusal.js";
import { weakenedEntries } from "../preconditions/proxy-tags.js";
import {
  type Content,
  contentOf,
  fieldsIn,
  fieldsOf,
  isUnchanged,
  parseRepresentation,
  shownShape,
} from "../states/representation.js";
import { validateShape } from "../states/schema.js";
import { currentState, type RecordState, stateOf } from "../states/selected-state.js";
import { type Collection, schemaForCaller } from "./collection.js";
import type { CollectionExchange } from "./collection-exchange.js";
import { inNewestShape } from "./newest-shape.js";
import type { WriteRequest } from "./write-request.js";

/**
 * A write that may go on: as it is, or over the current state, where a strategy let it through though its precondition
 * failed.
 */
export interface Accepted {
  readonly kind: "accepted";
  readonly settledBy?: Strategy;
  /** The strategy's own value, in place of the change. */
  readonly value?: Json | undefined;
}

/** Evaluates the preconditions of a write, and lets the strategy decide where one failed: conflict, or go on. */
export async function checkPreconditions(
  exchange: CollectionExchange,
  request: WriteRequest,
  current: RecordState | undefined,
): Promise<Accepted | Refused> {
  const { method, collection, conditions, preferences } = request;
  if (method === "POST")
    return conditions.ifNoneMatch === undefined
      ? { kind: "accepted" }
      : listExists(exchange, { resource: collection.name, path: exchange.pathOf(collection.name) });
  const verdict = evaluatePreconditions(method, conditions, currentState(current));
  if (verdict.kind !== "failed") return { kind: "accepted" };
  const failed = verdict.condition;
  const strategy = preferences.onConflict ?? collection.strategy;
  const settled = await settle<RecordState, RecordState>(
    { method, strategy, conditions, failed, current },
    {
      findBase: async ({ record }) => stateOf(collection, await findBase(exchange.reader, collection, request, record)),
      ask: (own, base: RecordState, there) => askFunction(exchange, request, own, { base, current: there }),
    },
  );
  if (settled.kind === "refused") return settled;
  if (settled.kind === "accepted") {
    const { base, value } = settled;
    if (exchange.isObserved && current !== undefined)
      exchange.conflict = settledFacts(
        method,
        { strategy, failed, versionsBehind: versionsBehind(request, current, base) },
        lossIfSettled(exchange, request, { base, current }),
      );
    return { kind: "accepted", settledBy: settled.strategy, value };
  }
  return refuseStale(exchange, request, { failed, current, base: settled.base, strategy: settled.strategy });
}

/** What a change of this request applies to. */
export function targetOf({ settings }: CollectionExchange, { key, collection }: WriteRequest): ChangeTarget {
  return { resource: key, ownMembers: collection.ownMembers, limits: settings.requestLimits };
}

/** The states that a stale write lies between. */
interface Between {
  readonly base: RecordState;
  readonly current: RecordState;
}

async function askFunction(
  exchange: CollectionExchange,
  request: WriteRequest,
  strategy: StrategyFunction,
  { base, current }: Between,
): Promise<Settlement | Refused | undefined> {
  const { method, key, change } = request;
  if (method === "POST") return undefined;
  const isDeletion = change.kind === "delete";
  const applied = isDeletion ? undefined : applyChange(change, base.representation(), targetOf(exchange, request));
  if (applied?.kind === "refused") return applied;
  const content = applied && (await inNewestShape(exchange, request, applied.value, base));
  if (content?.kind === "refused") return content;
  const proposed = content === undefined || !isJsonObject(content.value) ? null : content.value;
  const settlement = await strategy({
    resource: key,
    method,
    base: base.fields(),
    current: current.fields(),
    proposed,
    actor: exchange.actor,
  });
  if (settlement.kind === "reject" || proposed === null) return settlement;
  return { kind: "accept", value: settlement.value ?? proposed };
}

/** The conflict of a write whose precondition failed, as far as its sender may know of the current state. */
async function refuseStale(
  exchange: CollectionExchange,
  request: WriteRequest,
  found: Pick<Conflict, "failed" | "strategy"> & {
    readonly current: RecordState | undefined;
    readonly base: RecordState | undefined;
  },
): Promise<Refused> {
  const { collection, conditions, id, key } = request;
  const { current, base, strategy } = found;
  // What is hidden is as absent as what its reader would find to be.
  const isDisclosed = request.hidden || (await exchange.mayRead(key, fieldsIn(collection, current?.record)));
  return conflict(exchange, {
    ...found,
    resource: key,
    conditions,
    isDisclosed,
    showsContent: showsContent(collection, strategy),
    namedVersion: namedVersion(conditions),
    ...(exchange.isObserved && { versionsBehind: current && versionsBehind(request, current, base) }),
    loss: isDisclosed ? current && (await lossOf(exchange, request, { base, current })) : "withheld",
    errors:
      current === undefined || !isDisclosed ? [] : weakenedEntries(conditions, current.allTags?.() ?? [current.etag]),
    links: stateLinks(exchange, collection, id),
  });
}

/** How far a write is behind, for observers; versions that are timestamps count nothing. */
function versionsBehind(
  { collection, conditions }: WriteRequest,
  current: RecordState,
  base: RecordState | undefined,
): number | undefined {
  if (base !== undefined) return current.record.version - base.record.version;
  return collection.timestamps ? undefined : versionsBetween(current.version, namedVersion(conditions));
}

/** What a write that a strategy lets through goes over, for observers; nothing where that costs too much to say. */
function lossIfSettled(
  exchange: CollectionExchange,
  request: WriteRequest,
  { base, current }: Between,
): Pick<Loss, "since" | "proposed"> | undefined {
  const { change, collection } = request;
  if (base.exceeds(comparedBytesMax) || current.exceeds(comparedBytesMax)) return undefined;
  const before = base.representation();
  const since = { base: fieldsOf(collection, before), current: fieldsOf(collection, current.representation()) };
  if (change.kind === "delete") return { since, proposed: undefined };
  const applied = applyChange(change, replacesState(change) ? {} : before, targetOf(exchange, request));
  if (applied.kind === "refused" || !isJsonObject(applied.value)) return undefined;
  return { since, proposed: fieldsOf(collection, applied.value) };
}

/** Whether conflicts of a collection show the current state to those who may read it. */
export function showsContent({ discloseCurrent, strategy: own }: Collection, strategy: Strategy = own): boolean {
  return discloseCurrent || strategy === "first-write-wins";
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

async function lossOf(
  exchange: CollectionExchange,
  request: WriteRequest,
  { base, current }: Pick<Between, "current"> & { readonly base: RecordState | undefined },
): Promise<Loss> {
  const { collection, id, key } = request;
  const proposed = await proposedContent(exchange, request, base ?? current);
  const identical =
    proposed !== undefined && isUnchanged(collection, id, current.record, proposed, shownShape(collection));
  const isCompared = base !== undefined && !base.exceeds(comparedBytesMax) && !current.exceeds(comparedBytesMax);
  if (!isCompared) return { identical, proposed: undefined };
  // What was before is not for who may only see what is.
  const verdict = await exchange.ask("history", key, fieldsIn(collection, current.record));
  if (verdict !== "allow") return { identical, proposed: undefined };
  return {
    identical,
    proposed: proposed && parseRepresentation(proposed.text),
    since: {
      base: fieldsOf(collection, base.representation()),
      current: fieldsOf(collection, current.representation()),
    },
  };
}

/**
 * The fields that the write would have left behind, had nobody been faster; as the schema takes them, where it does.
 */
async function proposedContent(
  exchange: CollectionExchange,
  request: WriteRequest,
  onto: RecordState,
): Promise<Content | undefined> {
  const { change, collection } = request;
  if (change.kind === "delete") return undefined;
  const representation = replacesState(change) ? {} : onto.representation();
  const applied = applyChange(change, representation, targetOf(exchange, request));
  if (applied.kind === "refused" || !isJsonObject(applied.value)) return undefined;
  const { errorsMax } = exchange.settings.requestLimits;
  const checked = await validateShape(schemaForCaller(collection), applied.value, errorsMax);
  // As the text would say it: what a schema makes of a date, say, is compared with what was stored.
  return contentOf(checked.kind === "valid" ? fieldsOf(collection, checked.fields) : applied.value);
}
