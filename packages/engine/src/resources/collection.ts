import type { Retention } from "@unclash/core/store";
import { resolveStateOptions, type StateSettings } from "../conflicts/state-options.js";
import { resolveDigest } from "../states/digest.js";
import type { Shape } from "../states/representation.js";
import type { Schema } from "../states/schema.js";
import { type CollectionOptions, checkCollection } from "./collection-options.js";
import { type ChangeRule, checkedRule, type StateRule } from "./transitions.js";

/** A collection's options, resolved once. */
export interface Collection extends StateSettings, Shape {
  readonly name: string;
  readonly schema: Schema;
  readonly unique: readonly string[];
  readonly references: readonly (readonly [field: string, collection: string])[];
  readonly states: ReadonlyMap<string, StateRule>;
  readonly rules: readonly ChangeRule[];
  readonly jsonPatchAsMerge: boolean;
  readonly retention: Retention;
}

/** Resolves a collection's options, and throws a `ConfigurationError` that names the first one that can't be. */
export function resolveCollection(name: string, options: CollectionOptions, known: ReadonlySet<string>): Collection {
  checkCollection(name, options, known);
  const { versionField = "version", etagField = "etag" } = options;
  return Object.freeze({
    ...resolveStateOptions(`collections.${name}.`, options, { versionField, etagField }),
    name,
    schema: options.schema,
    unique: options.unique ?? [],
    references: Object.entries(options.references ?? {}),
    states: new Map(Object.entries(options.states ?? {})),
    rules: (options.rules ?? []).map((rule, at) => checkedRule(`collections.${name}.rules[${at}]`, rule)),
    timestamps: options.versions === "timestamps",
    jsonPatchAsMerge: options.jsonPatchAsMerge ?? false,
    retention: options.retention ?? "all",
    digest: resolveDigest(options.entityTags),
  });
}
