import type { Conditions, FailedCondition, ProblemEntry } from "@unclash/core";
import { isJsonObject, type JsonObject, jsonEqual } from "@unclash/core/json";
import { versionsBetween } from "../access/request-decision.js";
import { applyChange, type Change, jsonPatchType } from "../conflicts/change.js";
import { comparedBytesMax, conflict, type Loss } from "../conflicts/conflict.js";
import { changeOf } from "../conflicts/read-change.js";
import { type Strategy, showsCurrent } from "../conflicts/strategy.js";
import { isRead } from "../http/methods.js";
import type { Refused } from "../http/refusal.js";
import { sentences } from "../http/sentences.js";
import { newestNamed } from "../preconditions/named-state.js";
import { weakenedEntries } from "../preconditions/proxy-tags.js";
import { fieldsOf } from "../states/representation.js";
import { isCounted, isForeignTag, type RowState } from "../states/row-state.js";
import type { GuardExchange } from "./guard-exchange.js";

/** Why a request meets a conflict at a guard, as far as it is known. */
export interface GuardConflict {
  readonly conditions: Conditions;
  /** Nothing where no condition of the client's failed: a write lost a race inside. */
  readonly failed: FailedCondition | undefined;
  /** The state that is there now; nothing where there is none, or nobody looked. */
  readonly current: RowState | undefined;
  /** The entity-tag of the state that the handler's write was for. */
  readonly loaded?: string | undefined;
  /** What the state that the client named held, where the app still knows it. */
  readonly base?: unknown;
  readonly strategy: Strategy;
  /** The strategy that was to decide, had it had a say. @default `strategy` */
  readonly asked?: Strategy;
  /** What a merge has left open. @default what both have changed */
  readonly clashing?: readonly string[] | undefined;
  readonly isBaseGone?: boolean | undefined;
  readonly isParked?: boolean;
  /** The id of its record, where the caller may read that. */
  readonly conflictId?: string | undefined;
}

/**
 * The answer to a conflict at a guard: of states it tells what `represent` shows, and where there is none, their
 * versions.
 */
export function guardConflict(exchange: GuardExchange, found: GuardConflict): Refused {
  const { settings, resource = "The resource", instance } = exchange;
  const { conditions, failed, current, strategy, asked = strategy } = found;
  const isDisclosed =
    current === undefined || settings.represent === undefined || current.representation() !== undefined;
  const expected = expectedMember(exchange, found, isDisclosed && current !== undefined);
  return conflict(exchange, {
    failed,
    strategy,
    conditions,
    clashing: isDisclosed ? found.clashing : undefined,
    isBaseGone: found.isBaseGone,
    isParked: found.isParked,
    current,
    ...(found.conflictId !== undefined && { conflictId: found.conflictId }),
    resource,
    isDisclosed,
    ...(expected && { expected }),
    showsContent: settings.discloseCurrent || showsCurrent(asked),
    namedVersion: newestNamed(conditions)?.version,
    ...(exchange.isObserved && { versionsBehind: current && versionsBehind(conditions, current) }),
    loss: lossOf(exchange, found),
    errors: current === undefined || failed === undefined ? [] : tagEntries(exchange, conditions, current),
    links: { resource: instance },
  });
}

/** How far a write is behind, for observers; of versions that count writes, as far as that shows. */
export function versionsBehind(conditions: Conditions, { loaded, version }: RowState): number | undefined {
  return isCounted(loaded) ? versionsBetween(version, newestNamed(conditions)?.version) : undefined;
}

/**
 * What the client named, where it is not the condition that failed: the state that the handler's write was for, if the
 * caller may know it.
 */
function expectedMember(
  { versionText, settings }: GuardExchange,
  { conditions, failed, loaded }: GuardConflict,
  isDisclosed: boolean,
): Readonly<Record<string, unknown>> | undefined {
  if (failed === "version" && versionText !== undefined) return { version: versionText };
  if (failed !== undefined) return undefined;
  if (conditions.ifMatch?.kind === "any") return { etag: ["*"] };
  if (loaded === undefined) return settings.creates ? { absent: true } : {};
  return isDisclosed || conditions.ifMatch !== undefined ? { etag: [loaded] } : {};
}

/**
 * Why an entity-tag of the client's can't be one of this state, or of any: a proxy has marked it, or others have made
 * it.
 */
function tagEntries({ resource }: GuardExchange, { ifMatch }: Conditions, current: RowState): readonly ProblemEntry[] {
  if (ifMatch?.kind !== "tags") return [];
  const weakened = weakenedEntries({ ifMatch }, [current.etag]);
  if (weakened.length > 0 || !ifMatch.tags.every((tag) => isForeignTag(tag, current.loaded))) return weakened;
  return [{ header: "If-Match", code: "foreign-etag", detail: sentences.foreignTag(resource ?? "the resource") }];
}

/**
 * What the write would lose, as far as its sender may know. A read proposes nothing, and nothing is like what is not
 * there.
 */
export function lossOf(
  exchange: GuardExchange,
  { current, base }: Pick<GuardConflict, "current" | "base">,
): Loss | undefined {
  const { settings, request } = exchange;
  const shown = current?.representation();
  if (current === undefined || shown === undefined || isRead(request.method)) return undefined;
  const before = base === undefined ? undefined : exchange.select({ version: 0, value: base });
  const shownBefore = before?.representation();
  const proposed = proposedFields(exchange, shownBefore ?? shown);
  const fields = fieldsOf(settings, shown);
  const identical = proposed !== undefined && jsonEqual(proposed, fields);
  const isLarge = before?.exceeds(comparedBytesMax) || current.exceeds(comparedBytesMax);
  const since =
    shownBefore === undefined || isLarge ? undefined : { base: fieldsOf(settings, shownBefore), current: fields };
  return { identical, since, proposed };
}

/**
 * The fields that a write would leave behind over a state, as far as its content tells: that of a PUT is the new state,
 * that of a PATCH a JSON Patch by its media type, and a merge patch otherwise.
 */
export function proposedFields(exchange: GuardExchange, onto: JsonObject): JsonObject | undefined {
  const { settings, resource = "" } = exchange;
  const change = askedOf(exchange);
  if (change === undefined) return undefined;
  const applied = applyChange(change, onto, {
    resource,
    ownMembers: settings.ownMembers,
    limits: settings.requestLimits,
  });
  return applied.kind === "applied" && isJsonObject(applied.value) ? applied.value : undefined;
}

function askedOf({ request: { method }, mediaType, json, content, settings }: GuardExchange): Change | undefined {
  if (method !== "PUT" && method !== "PATCH") return undefined;
  const isPatch = method === "PATCH" && mediaType === jsonPatchType;
  if (!isPatch && content === undefined) return undefined;
  return changeOf(method, { mediaType, value: json ?? null }, settings);
}
