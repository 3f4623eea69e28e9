import {
  type Conditions,
  conflictingPointers,
  diffJson,
  extentOf,
  type FailedCondition,
  type JsonObject,
  jsonEqual,
  type ProblemEntry,
} from "@unclash/core";
import type { Strategy } from "../conflicts/strategy.js";
import { isRead } from "../http/methods.js";
import { expectedState } from "../preconditions/expected-state.js";
import { newestNamed } from "../preconditions/named-state.js";
import { weakenedEntries } from "../preconditions/proxy-tags.js";
import type { LoadedState } from "../states/loaded-state.js";
import { isForeignTag, modifiedAtOf, shownVersionOf, tagOfState } from "../states/row-state.js";
import type { GuardError } from "./guard-error.js";
import type { GuardExchange } from "./guard-exchange.js";
import { proposedFields } from "./proposed-fields.js";

/** Why a request meets a conflict, as far as it is known. */
export interface GuardConflict {
  readonly conditions: Conditions;
  /** Nothing where no condition of the client's failed: a write lost a race inside. */
  readonly failed: FailedCondition | undefined;
  /** The state that is there now; nothing where there is none, or nobody looked. */
  readonly current: LoadedState | undefined;
  /** The entity-tag of the state that the handler's write was for. */
  readonly loaded?: string | undefined;
  /** What the state that the client named held, where the app still knows it. */
  readonly base?: unknown;
  readonly strategy: Strategy;
}

/** The answer to a conflict: what was expected, what there is instead, and what of it the write would touch. */
export function conflictError(exchange: GuardExchange, conflict: GuardConflict): GuardError {
  const { settings, resource, instance } = exchange;
  const { conditions, failed, current } = conflict;
  const shown = current === undefined ? undefined : representation(exchange, current);
  const disclosed = current !== undefined && !(shown === undefined && settings.represent !== undefined);
  const errors = current === undefined || failed === undefined ? [] : tagEntries(exchange, conditions, current);
  return exchange.refusal("version-conflict", detailOf(exchange, conflict, disclosed), {
    status: statusOf(exchange, conflict),
    members: {
      resource,
      expected: expectedMember(exchange, conflict, disclosed),
      ...(disclosed && { current: currentMember(exchange, conflict, current, shown) }),
      ...likeness(exchange, conflict, shown),
      ...(errors.length > 0 && { errors }),
      links: { resource: instance },
    },
  });
}

/** What the client named; where none of that failed, the state that the handler's write was for, if the caller may know it. */
function expectedMember(
  exchange: GuardExchange,
  { conditions, failed, loaded }: GuardConflict,
  disclosed: boolean,
): Readonly<Record<string, unknown>> {
  if (failed === "version" && exchange.versionText !== undefined) return { version: exchange.versionText };
  if (failed !== undefined) return expectedState(exchange, conditions, failed);
  if (conditions.ifMatch?.kind === "any") return { etag: ["*"] };
  if (loaded === undefined) return exchange.settings.creates ? { absent: true } : {};
  return disclosed || conditions.ifMatch !== undefined ? { etag: [loaded] } : {};
}

/** Why an entity-tag of the client's can't be one of this state, or of any: a proxy has marked it, or others have made it. */
function tagEntries(
  { settings, resource }: GuardExchange,
  { ifMatch }: Conditions,
  current: LoadedState,
): readonly ProblemEntry[] {
  if (ifMatch?.kind !== "tags") return [];
  const weakened = weakenedEntries({ ifMatch }, tagOfState(current, settings.digest));
  if (weakened.length > 0 || !ifMatch.tags.every((tag) => isForeignTag(tag, current))) return weakened;
  const detail =
    `This entity-tag was not made by the guard of ${resource}, so it never matches. Where does it come from? A GET without a guard ` +
    "gets one of its framework's, or of a proxy's.";
  return [{ header: "If-Match", code: "foreign-etag", detail }];
}

/** 412 to a read; to a write what the app set, for a header's condition that no strategy looked at further; else 409. */
function statusOf({ settings, request: { method } }: GuardExchange, { failed, strategy }: GuardConflict): number {
  if (isRead(method)) return 412;
  const plain = strategy === "reject" || strategy === "first-write-wins";
  return failed !== undefined && failed !== "version" && failed !== "etag" && plain ? settings.conflictStatus : 409;
}

function detailOf(
  { resource = "The resource", request }: GuardExchange,
  { conditions, failed, current }: GuardConflict,
  disclosed: boolean,
): string {
  if (isRead(request.method)) return `${resource} is not in the state that this request is for.`;
  if (failed === undefined) return `${resource} was changed while this request was at it.`;
  if (current === undefined) return `${resource} does not exist, and this request is for an existing one.`;
  if (failed === "if-none-match") return `${resource} exists, and this request is for one that does not.`;
  if (failed === "if-unmodified-since") return `${resource} has been modified since.`;
  const version = disclosed ? shownVersionOf(current) : undefined;
  if (version === undefined) return `${resource} is not in the state that this request is for.`;
  const named = newestNamed(conditions)?.version;
  if (named === undefined || named === version)
    return `${resource} is at version ${version}, and this request names another state.`;
  return `${resource} is at version ${version}, and this request is for version ${named}.`;
}

/** What this caller may see of a state; nothing, too, where the app does not say. */
function representation({ settings, request }: GuardExchange, state: LoadedState): JsonObject | undefined {
  return settings.represent?.(state.value, request.native);
}

function currentMember(
  exchange: GuardExchange,
  { strategy }: GuardConflict,
  current: LoadedState,
  shown: JsonObject | undefined,
): Readonly<Record<string, unknown>> {
  const version = shownVersionOf(current);
  const modifiedAt = modifiedAtOf(current);
  const withContent = exchange.settings.discloseCurrent || strategy === "first-write-wins";
  return {
    ...(version !== undefined && { version }),
    etag: exchange.etagOf(current),
    ...(modifiedAt !== undefined && { modifiedAt: new Date(modifiedAt).toISOString() }),
    ...(current.by != null && { by: current.by }),
    ...(withContent && shown !== undefined && { representation: shown }),
  };
}

/** What the write would lose, as far as its sender may know. A read proposes nothing, and nothing is like what is not there. */
function likeness(
  exchange: GuardExchange,
  conflict: GuardConflict,
  shown: JsonObject | undefined,
): Readonly<Record<string, unknown>> {
  if (shown === undefined || isRead(exchange.request.method)) return { identical: false };
  return comparison(exchange, conflict, shown);
}

/** What others changed since the state that the client named, what of it the write touches, and whether anything would be lost. */
function comparison(
  exchange: GuardExchange,
  { base }: GuardConflict,
  shown: JsonObject,
): Readonly<Record<string, unknown>> {
  const { settings, request } = exchange;
  const before = base === undefined ? undefined : settings.represent?.(base, request.native);
  const proposed = proposedFields(exchange, before ?? shown);
  const current = exchange.fieldsOf(shown);
  const identical = proposed !== undefined && jsonEqual(proposed, current);
  if (before === undefined || isLarge(before) || isLarge(shown)) return { identical };
  const earlier = exchange.fieldsOf(before);
  const changes = diffJson(earlier, current);
  const whole = [{ op: "remove", path: "" }] as const;
  const mine = request.method === "DELETE" ? whole : diffJson(earlier, proposed ?? earlier);
  return { conflictingFields: conflictingPointers(changes, mine, earlier), changes, identical };
}

/** How many bytes of JSON a state may hold for its changes to be told. */
const comparedBytesMax = 65_536;

function isLarge(state: JsonObject): boolean {
  return extentOf(state, "at-most").bytes > comparedBytesMax && extentOf(state, "exactly").bytes > comparedBytesMax;
}
