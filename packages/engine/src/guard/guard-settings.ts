import { ConfigurationError, durationMsMax, problemTypePrefix } from "@unclash/core";
import { headerValue, oneOf } from "../configuration.js";
import { type ContentDigest, contentDigest, resolveDigest } from "../digest.js";
import { type Limits, resolveLimits } from "../limits.js";
import { resolveVary } from "../options.js";
import { type Strategy, strategyNames } from "../strategy.js";
import type { GuardIdempotency, GuardOptions } from "./guard-options.js";
import type { LoadedState } from "./loaded-state.js";
import type { RowDigest } from "./state-tag.js";

type Unchanged = "load" | "resource" | "past" | "represent" | "identify" | "observe" | "problem" | "cacheControl";

/** The options of a guard, resolved once; of whatever rows and whatever framework. */
export type GuardSettings = {
  readonly [Name in Unchanged]: GuardOptions<unknown, LoadedState>[Name] | undefined;
} & {
  readonly creates: boolean;
  readonly preconditionRequired: boolean;
  readonly datesSuffice: boolean;
  readonly versionField: string | false;
  readonly strategy: Strategy;
  readonly allowedStrategies: ReadonlySet<string>;
  readonly discloseCurrent: boolean;
  readonly acceptProxyTags: boolean;
  readonly digest: RowDigest;
  readonly conflictStatus: 409 | 412;
  readonly problemTypePrefix: string;
  readonly vary: string | undefined;
  readonly limits: Limits;
  readonly idempotency: Required<GuardIdempotency> | undefined;
  readonly handsOn: boolean;
  readonly reportOnly: boolean;
};

const functions = ["load", "resource", "past", "represent", "identify", "observe", "problem"] as const;
const flags = ["creates", "datesSuffice", "discloseCurrent", "acceptProxyTags", "reportOnly"] as const;

/** Resolves a guard's options, and throws a `ConfigurationError` that names the first one that can't be. */
export function resolveGuard<Native, State extends LoadedState>(options: GuardOptions<Native, State>): GuardSettings {
  for (const name of functions) {
    if (options[name] !== undefined && typeof options[name] !== "function")
      throw new ConfigurationError(name, "must be a function");
  }
  for (const name of flags) flag(name, options[name]);
  if (options.versionField !== undefined && options.versionField !== false && !isName(options.versionField))
    throw new ConfigurationError("versionField", "must be the name of a member, or false");
  oneOf("precondition", options.precondition, ["required", "optional"]);
  oneOf("onError", options.onError, ["answer", "next"]);
  if (options.conflictStatus !== undefined && options.conflictStatus !== 409 && options.conflictStatus !== 412)
    throw new ConfigurationError("conflictStatus", `must be 409 or 412, and is ${String(options.conflictStatus)}`);
  if (options.problemTypePrefix === "") throw new ConfigurationError("problemTypePrefix", "must not be empty");
  headerValue("cacheControl", options.cacheControl);
  checkStrategies(options);
  const { allowedStrategies = [], load, resource, past, represent, identify, observe, problem, cacheControl } = options;
  const unchanged = { load, resource, past, represent, identify, observe, problem, cacheControl };
  return Object.freeze({
    ...unchanged,
    creates: options.creates ?? false,
    preconditionRequired: options.precondition !== "optional",
    datesSuffice: options.datesSuffice ?? false,
    versionField: options.versionField ?? false,
    strategy: options.strategy ?? "reject",
    allowedStrategies: new Set<string>(allowedStrategies === "all" ? strategyNames : allowedStrategies),
    discloseCurrent: options.discloseCurrent ?? false,
    acceptProxyTags: options.acceptProxyTags ?? false,
    digest: resolveRowDigest(options.entityTags),
    conflictStatus: options.conflictStatus ?? 409,
    problemTypePrefix: options.problemTypePrefix ?? problemTypePrefix,
    vary: resolveVary(options),
    limits: resolveLimits(options.limits),
    idempotency: options.idempotency && resolveIdempotency(options.idempotency),
    handsOn: options.onError === "next",
    reportOnly: options.reportOnly ?? false,
  });
}

/** A word such as "false" would count as true: with `reportOnly`, everything would pass. */
function flag(option: string, value: unknown): void {
  if (value === undefined || typeof value === "boolean") return;
  throw new ConfigurationError(option, `must be true or false, and is ${JSON.stringify(value)}`);
}

function isName(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

function checkStrategies<Native, State extends LoadedState>(options: GuardOptions<Native, State>): void {
  const { strategy, allowedStrategies = [], represent, past, discloseCurrent } = options;
  if (typeof strategy !== "function") oneOf("strategy", strategy, strategyNames);
  if (allowedStrategies !== "all")
    for (const name of allowedStrategies) oneOf("allowedStrategies", name, strategyNames);
  const shows = strategy === "first-write-wins" || allowedStrategies === "all" || discloseCurrent === true;
  if ((shows || allowedStrategies.includes("first-write-wins")) && represent === undefined) {
    throw new ConfigurationError("represent", "must say what of a state clients may see, where conflicts show it");
  }
  if (typeof strategy === "function" && (represent === undefined || past === undefined)) {
    throw new ConfigurationError("strategy", "can only be a function where `past` and `represent` give it the states");
  }
}

function resolveRowDigest(name: ContentDigest = "sha-256"): RowDigest {
  // The check is that of collections; what it gives remembers contents by name, and a row has none.
  resolveDigest("entityTags", name);
  return contentDigest(name);
}

/** A timer of Node's that is set to more than this goes off at once. */
const timerMsMax = 2_147_483_647;

const most = {
  keepMs: durationMsMax,
  leaseMs: timerMsMax,
  runMsMax: timerMsMax,
  answerBytesMax: Number.MAX_SAFE_INTEGER,
} as const;
const amounts = ["keepMs", "leaseMs", "runMsMax", "answerBytesMax"] as const;

function resolveIdempotency(given: GuardIdempotency): Required<GuardIdempotency> {
  if (typeof given.store?.commit !== "function")
    throw new ConfigurationError("idempotency.store", "must be a store, such as createMemoryStore()");
  const resolved = {
    store: given.store,
    keepMs: given.keepMs ?? 86_400_000,
    leaseMs: given.leaseMs ?? 15_000,
    runMsMax: given.runMsMax ?? 600_000,
    answerBytesMax: given.answerBytesMax ?? 1_048_576,
    required: given.required ?? false,
    rerun: given.rerun ?? false,
  };
  flag("idempotency.required", given.required);
  flag("idempotency.rerun", given.rerun);
  for (const name of amounts) {
    const amount = resolved[name];
    if (!Number.isSafeInteger(amount) || amount < 1)
      throw new ConfigurationError(`idempotency.${name}`, `must be a whole number above 0, and is ${amount}`);
    if (amount > most[name])
      throw new ConfigurationError(`idempotency.${name}`, `must be at most ${most[name]}, and is ${amount}`);
  }
  return Object.freeze(resolved);
}
