import { type Conditions, type FailedCondition, formatEntityTag, type ProblemEntry } from "@unclash/core";
import { conflictingPointers, diffJson, type JsonObject } from "@unclash/core/json";
import type { Exchange } from "../access/exchange.js";
import type { ConflictFacts } from "../access/request-decision.js";
import { isRead } from "../http/methods.js";
import { type Refused, refused } from "../http/refusal.js";
import { sentences } from "../http/sentences.js";
import { expectedState } from "../preconditions/expected-state.js";
import type { SelectedState } from "../states/selected-state.js";
import { type Strategy, strategyLabel } from "./strategy.js";

/** A request that is refused because its precondition does not hold, or because its write lost a race. */
export interface Conflict {
  /** The name of the resource. */
  readonly resource: string;
  readonly conditions: Conditions;
  /** Nothing where no condition of the client's failed: a write lost a race inside. */
  readonly failed: FailedCondition | undefined;
  /** What was expected, where it is not the condition that failed. */
  readonly expected?: Readonly<Record<string, unknown>>;
  /** The state that is there now; nothing where there is none, or nobody looked. */
  readonly current: SelectedState | undefined;
  /** Whether the caller may know what is there. */
  readonly isDisclosed: boolean;
  /** Whether the caller is shown the current state itself. */
  readonly showsContent: boolean;
  /** The version that the request is for, where it names one. */
  readonly namedVersion?: number | undefined;
  /** How many versions the write was behind, for observers. */
  readonly versionsBehind?: number | undefined;
  /**
   * What the write would lose; `withheld` from a caller who may not be told even whether that is nothing. @default none
   */
  readonly loss?: Loss | "withheld" | undefined;
  /** The fields that a merge has left open. @default what both have changed */
  readonly clashing?: readonly string[] | undefined;
  /** The state that the client named is no longer kept, so that its write could not be compared. @default false */
  readonly isBaseGone?: boolean | undefined;
  /** @default what differs */
  readonly detail?: string | undefined;
  /** It waits for someone to resolve it. @default false */
  readonly isParked?: boolean | undefined;
  /** The id of its record, where the caller is told that. */
  readonly conflictId?: string;
  /** Why an entity-tag of the client's could not match, and what is wrong with what was to be written. */
  readonly errors?: readonly ProblemEntry[];
  readonly strategy: Strategy;
  readonly links: Readonly<Record<string, string>>;
}

/** What a refused write, compared with the current state, would lose. */
export interface Loss {
  /** Whether the current state is what the client proposed. */
  readonly identical: boolean;
  /** The fields of the state that the client named and of the current one, where its changes are to be told. */
  readonly since?: { readonly base: JsonObject; readonly current: JsonObject } | undefined;
  /** The fields that the write would have left behind over the base; nothing for a deletion. */
  readonly proposed: JsonObject | undefined;
}

/** The answer to a conflict: what was expected, what there is instead, and what of it the write would touch. */
export function conflict(exchange: Exchange, found: Conflict): Refused {
  const { resource, conditions, failed, current, isDisclosed, errors = [], links } = found;
  const expected = found.expected ?? (failed === undefined ? {} : expectedState(exchange, conditions, failed));
  const lost = lossMembers(exchange, found);
  if (exchange.isObserved && !isRead(exchange.request.method))
    exchange.conflict = conflictFacts(found.isParked ? "parked" : "refused", found, lost.conflictingFields);
  return refused("version-conflict", found.detail ?? detailOf(exchange, found), {
    status: statusOf(exchange, found),
    members: {
      resource,
      expected,
      ...(isDisclosed && current !== undefined && { current: currentMember(current, found.showsContent) }),
      ...lost,
      ...(errors.length > 0 && { errors }),
      ...(found.conflictId !== undefined && { conflict: found.conflictId }),
      links,
    },
  });
}

/**
 * 412 to a read; to a write what the app set, for a header's condition that no strategy looked at further; else 409.
 */
function statusOf({ settings, request: { method } }: Exchange, { failed, strategy }: Conflict): number {
  if (isRead(method)) return 412;
  const isOfHeader = failed !== undefined && failed !== "version" && failed !== "etag";
  const isPlain = strategy === "reject" || strategy === "first-write-wins";
  return isOfHeader && isPlain ? settings.conflictStatus : 409;
}

function detailOf(
  { request }: Exchange,
  { resource, failed, current, isDisclosed, namedVersion, isBaseGone }: Conflict,
): string {
  const otherState = sentences.stateDiffers(resource);
  if (isRead(request.method)) return otherState;
  if (failed === undefined) return sentences.changedMeanwhile(resource);
  if (!isDisclosed) return otherState;
  if (current === undefined) return sentences.doesNotExist(resource);
  if (failed === "if-none-match") return sentences.existsAlready(resource);
  if (failed === "if-unmodified-since") return sentences.modifiedSince(resource);
  const { version } = current;
  if (version === undefined) return otherState;
  if (namedVersion === undefined || namedVersion === version) return sentences.atVersion(resource, version);
  const told = sentences.atOtherVersion(resource, version, namedVersion);
  return isBaseGone ? `${told} ${sentences.versionNotKept(namedVersion)}` : told;
}

/** The member `current`: which state there is, who made it and when. */
function currentMember(state: SelectedState, showsContent: boolean): Readonly<Record<string, unknown>> {
  const { version, modifiedAt, by } = state;
  const representation = showsContent ? state.representation() : undefined;
  return {
    ...(version !== undefined && { version }),
    etag: formatEntityTag(state.etag),
    ...(modifiedAt !== undefined && { modifiedAt: new Date(modifiedAt).toISOString() }),
    ...(by != null && { by }),
    ...(representation !== undefined && { representation }),
  };
}

/** The members of a conflict that say what the write would lose. */
interface LossMembers {
  readonly conflictingFields?: readonly string[];
  readonly changes?: readonly unknown[];
  readonly identical?: boolean;
}

/**
 * What others changed since the state that the client named, and what of that its write touches; for a 412 to a read,
 * nothing.
 */
function lossMembers({ request: { method } }: Exchange, { loss, clashing }: Conflict): LossMembers {
  if (loss === "withheld") return {};
  if (loss === undefined) return { identical: false };
  const { identical, since, proposed } = loss;
  return {
    ...(since !== undefined && touched(method, since, proposed)),
    ...(clashing !== undefined && { conflictingFields: clashing }),
    identical,
  };
}

/** What others have changed, and what of that a write touches, by JSON Pointers. */
function touched(method: string, { base, current }: NonNullable<Loss["since"]>, proposed: JsonObject | undefined) {
  const changes = diffJson(base, current);
  const whole = [{ op: "remove", path: "" }] as const;
  const mine = method === "DELETE" ? whole : diffJson(base, proposed ?? base);
  return { conflictingFields: conflictingPointers(changes, mine, base), changes };
}

/** What observers are to know of a write that a strategy has let through; looked at only where somebody observes. */
export function settledFacts(
  method: string,
  found: Pick<Conflict, "strategy" | "failed" | "versionsBehind">,
  loss: Pick<Loss, "since" | "proposed"> | undefined,
): ConflictFacts {
  const fields = loss?.since && touched(method, loss.since, loss.proposed).conflictingFields;
  return conflictFacts("settled", found, fields);
}

function conflictFacts(
  result: ConflictFacts["result"],
  { strategy, failed, versionsBehind }: Pick<Conflict, "strategy" | "failed" | "versionsBehind">,
  fields: readonly string[] | undefined,
): ConflictFacts {
  return { result, strategy: strategyLabel(strategy), condition: failed ?? "lost-race", versionsBehind, fields };
}

/** The refusal of a POST that is to happen only where the list does not exist. */
export function listExists(
  { settings }: Exchange,
  { resource, path }: { readonly resource: string; readonly path: string },
): Refused {
  return refused("version-conflict", sentences.existsAlready(resource), {
    status: settings.conflictStatus,
    members: { resource, expected: { absent: true }, identical: false, links: { resource: path } },
  });
}

/** How much JSON a state may hold for its changes to be told, in bytes: they cost a look at all of it. */
export const comparedBytesMax = 65_536;
