import { ConfigurationError } from "@unclash/core";
import {
  anything,
  checkOptions,
  either,
  group,
  isBoolean,
  isFunction,
  isText,
  type OptionRule,
  type OptionRules,
  oneOf,
} from "@unclash/core/options";
import { type RequestSettings, requestRules, resolveRequestOptions } from "../access/request-options.js";
import { guardLines, type WriterLines } from "../commits/writer-lines.js";
import { GuardedConflicts } from "../conflicts/records/guarded-conflicts.js";
import {
  checkMerging,
  conflictRules,
  resolveStateOptions,
  type StateSettings,
  stateRules,
} from "../conflicts/state-options.js";
import type { Strategy } from "../conflicts/strategy.js";
import { type GuardKeeping, resolveIdempotency } from "../idempotency/guard-keeping.js";
import { checkEtagField, isHeaderNames } from "../options/option-rules.js";
import { type StrategyName, strategyNames } from "../preconditions/preferences.js";
import { contentDigest, isDigest } from "../states/digest.js";
import type { Loaded } from "../states/loaded-state.js";
import type { RowDigest } from "../states/row-state.js";
import {
  type CheckedRepresent,
  type CheckedResource,
  type CheckedRoute,
  checkedProblem,
  checkedRepresent,
  checkedResource,
  checkedRoute,
} from "./guard-callbacks.js";
import {
  type GuardConflictOptions,
  type GuardOptions,
  limitsOfCollections,
  type SharedGuardOptions,
} from "./guard-options.js";

/** Written as a method, so that what names the routes of one framework can be kept where one of any is wanted. */
interface Routing<Native> {
  routeOf(request: Native, before: string | undefined): string | undefined;
}

/**
 * Names the route of a request as its framework does, for observers: by a pattern, so that there are few names. It is
 * called when a request comes in and once more when it ends, and only where somebody observes.
 *
 * @param before what it gave when the request came in
 */
export type RouteOf<Native> = Routing<Native>["routeOf"];

type Unchanged = "load" | "past" | "problem";

/** The options of a guard, resolved once; of whatever rows and whatever framework. */
export type GuardSettings = RequestSettings<unknown> &
  StateSettings & {
    readonly [Name in Unchanged]: GuardOptions<unknown, Loaded>[Name] | undefined;
  } & {
    readonly resource: CheckedResource | undefined;
    readonly represent: CheckedRepresent | undefined;
    readonly route: CheckedRoute | undefined;
    readonly routeOf: RouteOf<unknown> | undefined;
    readonly creates: boolean;
    readonly checkContent: boolean;
    readonly jsonPatchAsMerge: boolean;
    readonly digest: RowDigest;
    readonly idempotency: GuardKeeping | undefined;
    readonly forwardsErrors: boolean;
    readonly reportOnly: boolean;
    /** Where its conflicts are recorded; `undefined`: nowhere. */
    readonly records: GuardedConflicts | undefined;
    /** Where its writers wait that have lost races. */
    readonly writerLines: WriterLines;
  };

const isRecords: OptionRule = (value) =>
  value instanceof GuardedConflicts ? undefined : "must be what unclash.guardConflicts() returns";

const sharedRules: OptionRules<SharedGuardOptions<unknown>> = {
  ...requestRules,
  ...stateRules,
  conflicts: group<GuardConflictOptions>({ ...conflictRules, records: isRecords }),
  versionField: either(oneOf(false), isText),
  etagField: either(oneOf(false), isText),
  checkContent: isBoolean,
  jsonPatchAsMerge: isBoolean,
  entityTags: isDigest,
  vary: isHeaderNames,
  idempotency: anything,
  route: isFunction,
  problem: isFunction,
  onError: oneOf("answer", "next"),
  reportOnly: isBoolean,
};

const rules: OptionRules<GuardOptions<unknown, Loaded>> = {
  ...sharedRules,
  load: isFunction,
  resource: isFunction,
  creates: isBoolean,
  past: isFunction,
  represent: isFunction,
};

/**
 * Resolves a guard's options, and throws a `ConfigurationError` that names the first one that can't be.
 *
 * @param routeOf names routes as the framework does
 */
export function resolveGuard<Native, State extends Loaded>(
  options: GuardOptions<Native, State>,
  routeOf?: RouteOf<Native>,
): GuardSettings {
  checkOptions<GuardOptions<Native, State>>("", options, rules);
  checkStrategies(options);
  return resolve(options, routeOf);
}

/**
 * Checks what guards have in common, by itself: a guard may still have what that asks of it, such as `represent`.
 *
 * @throws ConfigurationError that names the first option that can't be
 */
export function checkShared<Native>(options: SharedGuardOptions<Native>): void {
  checkOptions<SharedGuardOptions<Native>>("", options, sharedRules);
  resolve(options);
}

function resolve<Native, State extends Loaded>(
  options: GuardOptions<Native, State>,
  routeOf?: RouteOf<Native>,
): GuardSettings {
  const { versionField = false, etagField = false } = options;
  checkEtagField("etagField", etagField, versionField);
  const { load, resource, past, represent, route, problem, vary = [], idempotency } = options;
  checkLimits(options.requestLimits);
  const request = resolveRequestOptions(options);
  const records = options.conflicts?.records;
  const state = resolveStateOptions("", options, { versionField, etagField });
  return Object.freeze({
    ...request,
    ...state,
    merging: options.conflicts?.merge === undefined ? (records?.merging ?? state.merging) : state.merging,
    records,
    allowedStrategies: state.allowedStrategies.filter((name) => isPossible(name, options)),
    vary: [request.vary ?? [], vary].flat().join(", ").toLowerCase() || undefined,
    load,
    past,
    resource: resource && checkedResource(resource),
    represent: represent && checkedRepresent(represent),
    route: route && checkedRoute(route),
    routeOf,
    problem: problem && checkedProblem(problem),
    creates: options.creates ?? false,
    checkContent: options.checkContent ?? false,
    jsonPatchAsMerge: options.jsonPatchAsMerge ?? false,
    digest: contentDigest(options.entityTags ?? "sha-256"),
    idempotency: idempotency ? resolveIdempotency(idempotency, options.identify !== undefined) : undefined,
    forwardsErrors: options.onError === "next",
    reportOnly: options.reportOnly ?? false,
    writerLines: guardLines,
  });
}

function checkLimits(limits: object = {}): void {
  const name = limitsOfCollections.find((each) => Reflect.get(Object(limits), each) !== undefined);
  if (name === undefined) return;
  const problem = "does nothing in a guard, where the app reads content and lists itself: it is for createUnclash()";
  throw new ConfigurationError(`requestLimits.${name}`, problem);
}

/** Whether a guard has all that a strategy needs: `all` is for those that it has. */
function isPossible(name: StrategyName, { past, conflicts }: GuardOptions<never, Loaded>): boolean {
  const isOfStates = name === "merge" || name === "manual";
  return !isOfStates || (past !== undefined && (name === "merge" || conflicts?.records !== undefined));
}

/** Strategies whose conflicts show the current state. */
const showing: readonly Strategy[] = ["first-write-wins", "merge", "manual"];

/** Strategies that look for the state that a write was made for. */
const comparing: readonly Strategy[] = ["last-write-wins", "merge", "manual"];

function checkStrategies<Native, State extends Loaded>(options: GuardOptions<Native, State>): void {
  const { represent, past, conflicts = {} } = options;
  const { strategy = "reject", allowedStrategies = [], discloseCurrent, recordRefusals } = conflicts;
  const asked: readonly Strategy[] = [strategy, ...(allowedStrategies === "all" ? [] : allowedStrategies)];
  const named: readonly Strategy[] = [...asked, ...(allowedStrategies === "all" ? strategyNames : [])];
  const shows = discloseCurrent === true || recordRefusals === true || named.some((each) => showing.includes(each));
  if (shows && represent === undefined) {
    throw new ConfigurationError("represent", "must say what of a state clients may see, where conflicts show it");
  }
  const compares = recordRefusals || typeof strategy === "function" || named.some((each) => comparing.includes(each));
  if (past !== undefined && represent === undefined && !compares) {
    const problem = "is never asked: it is for `represent`, which shows what it finds, and for strategies";
    throw new ConfigurationError("past", `${problem} that let stale writes through`);
  }
  if (typeof strategy === "function" && (represent === undefined || past === undefined)) {
    throw new ConfigurationError(
      "conflicts.strategy",
      "can only be a function where `past` and `represent` give it the states",
    );
  }
  const needsStates = recordRefusals || asked.includes("merge") || asked.includes("manual");
  if (needsStates && past === undefined) {
    const problem = "must give the state that a write was made for, where writes are merged, parked or recorded";
    throw new ConfigurationError("past", problem);
  }
  checkRecords(conflicts, asked.includes("manual"));
  checkMerging("", conflicts);
}

/** What is about records does nothing without them. */
function checkRecords(conflicts: GuardConflictOptions, parks: boolean): void {
  if (conflicts.records !== undefined) return;
  const ofRecords = ["recordRefusals", "resolveWithinMs", "keepRecordsMs"] as const;
  const given = ofRecords.find((name) => conflicts[name] !== undefined && conflicts[name] !== false);
  if (!parks && given === undefined) return;
  const needing = given === undefined ? "conflicts are parked" : `\`${given}\` is set`;
  throw new ConfigurationError(
    "conflicts.records",
    `must be what unclash.guardConflicts() returns where ${needing}: a guard by itself keeps nothing`,
  );
}
