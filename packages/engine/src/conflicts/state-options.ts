import { ConfigurationError } from "@unclash/core";
import { anything, group, isBoolean, type OptionRules, wholeNumber } from "@unclash/core/options";
import { isHeaderValue } from "../options/option-rules.js";
import { type StrategyName, strategyNames } from "../preconditions/preferences.js";
import { type MergeSettings, type MergingOptions, resolveMerging } from "./merge-states.js";
import { checkedStrategy, isAllowedStrategies, isStrategy, type Strategy } from "./strategy.js";

/** What a request must say about the state that it is for, and how that is read (RFC 9110 §13). */
export interface PreconditionOptions {
  /** Whether PUT, PATCH and DELETE must say which state they are for (428 otherwise). @default true */
  readonly required?: boolean;
  /** Whether `If-Unmodified-Since` alone satisfies that. Two writes fit in one second. @default false */
  readonly datesSuffice?: boolean;
  /** Whether an `If-Match` that a proxy weakened or suffixed (nginx, Apache) is taken as ours. @default false */
  readonly acceptProxyTags?: boolean;
}

/** The outcome of a write for an earlier state, and what its sender is shown. */
export interface ConflictOptions {
  /** What happens to a write for an earlier version. @default "reject" */
  readonly strategy?: Strategy;
  /** The strategies that a request may ask for instead, with `Prefer: on-conflict=…`. @default [] */
  readonly allowedStrategies?: "all" | readonly StrategyName[];
  /** Whether a conflict shows the current state to those who may read it. @default false */
  readonly discloseCurrent?: boolean;
  /** How `merge` merges. @default every place that both have changed is a conflict */
  readonly merge?: MergingOptions;
  /**
   * Whether a plain refusal is recorded too: in the background, at most once a second for each resource and actor.
   *
   * @default false
   */
  readonly recordRefusals?: boolean;
  /** How long an open conflict waits to be resolved before it expires, in milliseconds. @default 30 days */
  readonly resolveWithinMs?: number;
  /** How long a conflict can be read once it was resolved, or has expired, in milliseconds. @default 30 days */
  readonly keepRecordsMs?: number;
}

/** How requests are held against the state of a resource: the options of collections and guards alike. */
export interface StateOptions {
  readonly preconditions?: PreconditionOptions;
  readonly conflicts?: ConflictOptions;
  /** `Cache-Control` of reads. @default "no-cache", with `private` where an actor was identified */
  readonly cacheControl?: string;
}

/** 30 days. */
const recordMs = 2_592_000_000;

/** The same, resolved once. */
export interface StateSettings {
  readonly preconditionRequired: boolean;
  readonly datesSuffice: boolean;
  readonly strategy: Strategy;
  readonly allowedStrategies: readonly StrategyName[];
  readonly discloseCurrent: boolean;
  readonly merging: MergeSettings;
  readonly recordRefusals: boolean;
  readonly resolveWithinMs: number;
  readonly keepRecordsMs: number;
  readonly acceptProxyTags: boolean;
  readonly cacheControl: string | undefined;
  readonly versionField: string | false;
  readonly etagField: string | false;
  /** The members of a representation that are no fields: `id`, version and entity-tag. */
  readonly ownMembers: readonly string[];
}

export const conflictRules: OptionRules<ConflictOptions> = {
  strategy: isStrategy,
  allowedStrategies: isAllowedStrategies,
  discloseCurrent: isBoolean,
  merge: group<MergingOptions>({ policies: anything, together: anything }),
  recordRefusals: isBoolean,
  resolveWithinMs: wholeNumber(1),
  keepRecordsMs: wholeNumber(1),
};

export const stateRules: OptionRules<StateOptions> = {
  preconditions: group<PreconditionOptions>({
    required: isBoolean,
    datesSuffice: isBoolean,
    acceptProxyTags: isBoolean,
  }),
  conflicts: group<ConflictOptions>(conflictRules),
  cacheControl: isHeaderValue,
};

/**
 * Resolves the options of a collection or a guard.
 *
 * @param path where they stand, with a dot at its end unless that is the top: `collections.articles.`
 */
export function resolveStateOptions(
  path: string,
  options: StateOptions,
  { versionField, etagField }: Pick<StateSettings, "versionField" | "etagField">,
): StateSettings {
  const { preconditions = {}, conflicts = {} } = options;
  const { strategy = "reject", allowedStrategies = [] } = conflicts;
  return {
    preconditionRequired: preconditions.required ?? true,
    datesSuffice: preconditions.datesSuffice ?? false,
    acceptProxyTags: preconditions.acceptProxyTags ?? false,
    strategy: checkedStrategy(`${path}conflicts.strategy`, strategy),
    allowedStrategies: allowedStrategies === "all" ? strategyNames : allowedStrategies,
    discloseCurrent: conflicts.discloseCurrent ?? false,
    merging: resolveMerging(`${path}conflicts.merge`, conflicts.merge),
    recordRefusals: conflicts.recordRefusals ?? false,
    resolveWithinMs: conflicts.resolveWithinMs ?? recordMs,
    keepRecordsMs: conflicts.keepRecordsMs ?? recordMs,
    cacheControl: options.cacheControl,
    versionField,
    etagField,
    ownMembers: ["id", versionField, etagField].filter((name) => name !== false),
  };
}

/**
 * What says how to merge does nothing where nothing is merged, parked or recorded.
 *
 * @param path where `conflicts` stands, with a dot at its end unless that is the top
 * @throws ConfigurationError for a `merge` that does nothing
 */
export function checkMerging(path: string, conflicts: ConflictOptions = {}): void {
  const { strategy, allowedStrategies = [], recordRefusals, merge } = conflicts;
  const names = [strategy, ...(allowedStrategies === "all" ? ["merge"] : allowedStrategies)];
  const isUsed = names.some((name) => name === "merge" || name === "manual" || typeof name === "function");
  if (merge === undefined || isUsed || recordRefusals === true) return;
  const problem = "does nothing: no strategy merges or parks, and no refusal is recorded";
  throw new ConfigurationError(`${path}conflicts.merge`, problem);
}
