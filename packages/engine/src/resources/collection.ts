import { ConfigurationError } from "@unclash/core";
import { anything, checkMembers } from "@unclash/core/options";
import type { Retention } from "@unclash/core/store";
import { resolveStateOptions, type StateSettings } from "../conflicts/state-options.js";
import { resolveDigest } from "../states/digest.js";
import type { Shape } from "../states/representation.js";
import type { Schema } from "../states/schema.js";
import { type CollectionOptions, checkCollection } from "./collection-options.js";
import { type Reference, resolveReferences } from "./references.js";
import { type ChangeRule, checkedRule, type StateRule } from "./transitions.js";

/** A collection's options, resolved once. */
export interface Collection extends StateSettings, Shape {
  readonly name: string;
  readonly schema: Schema;
  readonly unique: readonly string[];
  readonly references: readonly Reference[];
  /** The fields, of all collections, whose references keep its resources from being deleted. */
  readonly referrers: readonly Referrers[];
  readonly states: ReadonlyMap<string, StateRule>;
  readonly rules: readonly ChangeRule[];
  readonly jsonPatchAsMerge: boolean;
  readonly retention: Retention;
}

/** A field through which resources of a collection refer to others. */
export interface Referrers extends Reference {
  /** The collection whose field it is. */
  readonly from: string;
}

/**
 * Resolves the options of all collections.
 *
 * @throws ConfigurationError that names the first option that can't be
 */
export function resolveCollections(
  given: Readonly<Record<string, CollectionOptions>>,
): ReadonlyMap<string, Collection> {
  checkMembers("collections", given, anything);
  const names = new Set(Object.keys(given));
  if (names.size === 0) throw new ConfigurationError("collections", "must name at least one collection");
  const resolved = Object.entries(given).map(([name, options]) => resolveCollection(name, options, names));
  const restricting = resolved.flatMap(({ name: from, references }) =>
    references.flatMap((reference) => (reference.onDelete === "restrict" ? [{ ...reference, from }] : [])),
  );
  return new Map(
    resolved.map((each) => {
      const referrers = restricting.filter(({ collection }) => collection === each.name);
      return [each.name, Object.freeze({ ...each, referrers })];
    }),
  );
}

function resolveCollection(
  name: string,
  options: CollectionOptions,
  known: ReadonlySet<string>,
): Omit<Collection, "referrers"> {
  checkCollection(name, options, known);
  const { versionField = "version", etagField = "etag" } = options;
  return {
    ...resolveStateOptions(`collections.${name}.`, options, { versionField, etagField }),
    name,
    schema: options.schema,
    unique: options.unique ?? [],
    references: resolveReferences(options.references),
    states: new Map(Object.entries(options.states ?? {})),
    rules: (options.rules ?? []).map((rule, at) => checkedRule(`collections.${name}.rules[${at}]`, rule)),
    timestamps: options.versions === "timestamps",
    jsonPatchAsMerge: options.jsonPatchAsMerge ?? false,
    retention: options.retention ?? "all",
    digest: resolveDigest(options.entityTags),
  };
}
