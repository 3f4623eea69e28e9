import {
  anything,
  ConfigurationError,
  checkOptions,
  either,
  isBoolean,
  isFunction,
  isText,
  type OptionRules,
  oneOf,
  problemTypePrefix,
} from "@unclash/core";
import { checkedIdentify } from "../access/actor.js";
import { isTrustedProxies, resolveTrust, type Trust } from "../access/client-address.js";
import {
  checkedStrategy,
  isAllowedStrategies,
  isStrategy,
  type Strategy,
  type StrategyName,
  strategyNames,
} from "../conflicts/strategy.js";
import { type Limits, resolveLimits } from "../http/request-limits.js";
import {
  checkEtagField,
  isHeaderNames,
  isHeaderValue,
  isPublicPath,
  resolvePublicPath,
} from "../options/option-rules.js";
import { resolveVary } from "../options.js";
import { contentDigest, isDigest } from "../states/digest.js";
import type { LoadedState } from "../states/loaded-state.js";
import type { RowDigest } from "../states/row-state.js";
import {
  type CheckedRepresent,
  type CheckedResource,
  checkedProblem,
  checkedRepresent,
  checkedResource,
} from "./guard-callbacks.js";
import { type GuardKeeping, resolveIdempotency } from "./guard-idempotency.js";
import type { GuardOptions } from "./guard-options.js";

type Unchanged = "load" | "past" | "identify" | "observe" | "problem" | "cacheControl";

/** The options of a guard, resolved once; of whatever rows and whatever framework. */
export type GuardSettings = {
  readonly [Name in Unchanged]: GuardOptions<unknown, LoadedState>[Name] | undefined;
} & {
  readonly resource: CheckedResource | undefined;
  readonly represent: CheckedRepresent | undefined;
  readonly creates: boolean;
  readonly preconditionRequired: boolean;
  readonly datesSuffice: boolean;
  readonly versionField: string | false;
  readonly etagField: string | false;
  readonly strategy: Strategy;
  readonly allowedStrategies: readonly StrategyName[];
  /** The members of a representation that are no fields: `id`, version and entity-tag. */
  readonly ownMembers: readonly string[];
  readonly discloseCurrent: boolean;
  readonly acceptProxyTags: boolean;
  readonly digest: RowDigest;
  readonly conflictStatus: 409 | 412;
  readonly problemTypePrefix: string;
  readonly vary: string | undefined;
  readonly publicPath: string;
  readonly trust: Trust | undefined;
  readonly limits: Limits;
  readonly idempotency: GuardKeeping | undefined;
  readonly handsOn: boolean;
  readonly reportOnly: boolean;
};

const rules: OptionRules<GuardOptions<unknown, LoadedState>> = {
  load: isFunction,
  resource: isFunction,
  creates: isBoolean,
  precondition: oneOf("required", "optional"),
  datesSuffice: isBoolean,
  versionField: either(oneOf(false), isText),
  etagField: either(oneOf(false), isText),
  strategy: isStrategy,
  allowedStrategies: isAllowedStrategies,
  past: isFunction,
  represent: isFunction,
  discloseCurrent: isBoolean,
  acceptProxyTags: isBoolean,
  entityTags: isDigest,
  publicPath: isPublicPath,
  trustedProxies: isTrustedProxies,
  cacheControl: isHeaderValue,
  vary: isHeaderNames,
  conflictStatus: oneOf(409, 412),
  problemTypePrefix: isText,
  identify: isFunction,
  credentialHeaders: isHeaderNames,
  limits: anything,
  observe: isFunction,
  idempotency: anything,
  problem: isFunction,
  onError: oneOf("answer", "next"),
  reportOnly: isBoolean,
};

/** Resolves a guard's options, and throws a `ConfigurationError` that names the first one that can't be. */
export function resolveGuard<Native, State extends LoadedState>(options: GuardOptions<Native, State>): GuardSettings {
  checkOptions<GuardOptions<Native, State>>("", options, rules);
  const { versionField = false, etagField = false } = options;
  checkEtagField("etagField", etagField, versionField);
  checkStrategies(options);
  const { allowedStrategies = [], load, resource, past, represent, identify, observe, problem, cacheControl } = options;
  return Object.freeze({
    load,
    past,
    observe,
    cacheControl,
    resource: resource && checkedResource(resource),
    represent: represent && checkedRepresent(represent),
    problem: problem && checkedProblem(problem),
    identify: identify && checkedIdentify(identify),
    creates: options.creates ?? false,
    preconditionRequired: options.precondition !== "optional",
    datesSuffice: options.datesSuffice ?? false,
    versionField,
    etagField,
    strategy: checkedStrategy("strategy", options.strategy ?? "reject"),
    allowedStrategies: allowedStrategies === "all" ? strategyNames : allowedStrategies,
    ownMembers: ["id", versionField, etagField].filter((name) => name !== false),
    discloseCurrent: options.discloseCurrent ?? false,
    acceptProxyTags: options.acceptProxyTags ?? false,
    digest: contentDigest(options.entityTags ?? "sha-256"),
    conflictStatus: options.conflictStatus ?? 409,
    problemTypePrefix: options.problemTypePrefix ?? problemTypePrefix,
    vary: [resolveVary(options) ?? [], options.vary ?? []].flat().join(", ").toLowerCase() || undefined,
    publicPath: resolvePublicPath(options.publicPath),
    trust: resolveTrust(options.trustedProxies),
    limits: resolveLimits(options.limits),
    idempotency:
      options.idempotency === undefined
        ? undefined
        : resolveIdempotency(options.idempotency, options.identify !== undefined),
    handsOn: options.onError === "next",
    reportOnly: options.reportOnly ?? false,
  });
}

function checkStrategies<Native, State extends LoadedState>(options: GuardOptions<Native, State>): void {
  const { strategy, allowedStrategies = [], represent, past, discloseCurrent } = options;
  const shows = strategy === "first-write-wins" || allowedStrategies === "all" || discloseCurrent === true;
  if ((shows || allowedStrategies.includes("first-write-wins")) && represent === undefined) {
    throw new ConfigurationError("represent", "must say what of a state clients may see, where conflicts show it");
  }
  if (typeof strategy === "function" && (represent === undefined || past === undefined)) {
    throw new ConfigurationError("strategy", "can only be a function where `past` and `represent` give it the states");
  }
}
