import type { Retention } from "@unclash/core";
import { checkedStrategy, type Strategy, type StrategyName, strategyNames } from "../conflicts/strategy.js";
import type { ContentDigest, NamedDigest } from "../states/digest.js";
import { resolveDigest } from "../states/digest.js";
import type { Schema } from "../states/schema.js";
import { checkCollection } from "./collection-check.js";
import { type ChangeRule, checkedRule, type StateRule } from "./transitions.js";

/** What one collection is and how it treats its writers. */
export interface CollectionOptions {
  /** What a resource's fields must be, `id`, version and entity-tag aside. */
  readonly schema: Schema;
  /** Whether PUT, PATCH and DELETE must say which state they are for (428 otherwise). @default "required" */
  readonly precondition?: "required" | "optional";
  /** Whether `If-Unmodified-Since` alone satisfies that. Two writes fit in one second. @default false */
  readonly datesSuffice?: boolean;
  /** What happens to a write for an earlier version. @default "reject" */
  readonly strategy?: Strategy;
  /** The strategies that a request may ask for instead, with `Prefer: on-conflict=…`. @default [] */
  readonly allowedStrategies?: "all" | readonly StrategyName[];
  /** Fields whose values no two resources of the collection share. @default [] */
  readonly unique?: readonly string[];
  /** Fields that hold the id of an existing resource, with the collection it is in. @default {} */
  readonly references?: Readonly<Record<string, string>>;
  /** Fields that change only along given steps. @default {} */
  readonly states?: Readonly<Record<string, StateRule>>;
  /** Further rules over a change. @default [] */
  readonly rules?: readonly ChangeRule[];
  /** The member that shows the version in bodies; `false` shows none. @default "version" */
  readonly versionField?: string | false;
  /**
   * The member that holds the entity-tag in an item of a list, and in content that is sent back: there it is a precondition,
   * and never a field. `false`: lists hold none, and a member of that name is a field like any other.
   *
   * @default "etag"
   */
  readonly etagField?: string | false;
  /** `counted`: 1, 2, 3, …; `timestamps`: the milliseconds of the last write, strictly growing. @default "counted" */
  readonly versions?: "counted" | "timestamps";
  /** How much of each resource's past is kept. @default "all" */
  readonly retention?: Retention;
  /** What entity-tags are made from: the version, or the content by a digest such as `sha-256` or `md5`. @default "version" */
  readonly entityTags?: "version" | ContentDigest;
  /** Whether a conflict shows the current state to those who may read it. @default false */
  readonly discloseCurrent?: boolean;
  /** Whether an `If-Match` that a proxy weakened or suffixed (nginx, Apache) is taken as ours. @default false */
  readonly acceptProxyTags?: boolean;
  /** `Cache-Control` of reads. @default "no-cache", with `private` where an actor was identified */
  readonly cacheControl?: string;
}

/** A collection's options, resolved once. */
export interface Collection {
  readonly name: string;
  readonly schema: Schema;
  readonly preconditionRequired: boolean;
  readonly datesSuffice: boolean;
  readonly strategy: Strategy;
  readonly allowedStrategies: readonly StrategyName[];
  readonly unique: readonly string[];
  readonly references: readonly (readonly [field: string, collection: string])[];
  readonly states: ReadonlyMap<string, StateRule>;
  readonly rules: readonly ChangeRule[];
  readonly versionField: string | false;
  readonly etagField: string | false;
  /** The members of a representation that are no fields: `id`, and those above. */
  readonly ownMembers: readonly string[];
  readonly timestamps: boolean;
  readonly retention: Retention;
  readonly digest: NamedDigest | undefined;
  readonly discloseCurrent: boolean;
  readonly acceptProxyTags: boolean;
  readonly cacheControl: string | undefined;
}

/** Resolves a collection's options, and throws a `ConfigurationError` that names the first one that can't be. */
export function resolveCollection(name: string, options: CollectionOptions, known: ReadonlySet<string>): Collection {
  checkCollection(name, options, known);
  const strategy = checkedStrategy(`collections.${name}.strategy`, options.strategy ?? "reject");
  const allowed = options.allowedStrategies ?? [];
  const allowedStrategies = allowed === "all" ? strategyNames : allowed;
  const versionField = options.versionField ?? "version";
  const etagField = options.etagField ?? "etag";
  return Object.freeze({
    name,
    schema: options.schema,
    preconditionRequired: options.precondition !== "optional",
    datesSuffice: options.datesSuffice ?? false,
    strategy,
    allowedStrategies,
    unique: options.unique ?? [],
    references: Object.entries(options.references ?? {}),
    states: new Map(Object.entries(options.states ?? {})),
    rules: (options.rules ?? []).map((rule, at) => checkedRule(`collections.${name}.rules[${at}]`, rule)),
    versionField,
    etagField,
    ownMembers: ["id", versionField, etagField].filter((name) => name !== false),
    timestamps: options.versions === "timestamps",
    retention: options.retention ?? "all",
    digest: resolveDigest(options.entityTags),
    discloseCurrent: options.discloseCurrent ?? false,
    acceptProxyTags: options.acceptProxyTags ?? false,
    cacheControl: options.cacheControl,
  });
}
