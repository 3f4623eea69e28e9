import { ConfigurationError } from "@unclash/core";
import { anything, checkMembers } from "@unclash/core/options";
import type { Retention } from "@unclash/core/store";
import { resolveStateOptions, type StateSettings } from "../conflicts/state-options.js";
import type { ApiVersion, ApiVersions } from "../states/api-versions.js";
import { resolveDigest } from "../states/digest.js";
import type { StateFormat } from "../states/representation.js";
import type { Schema } from "../states/schema.js";
import { resolveShapes, type SchemaOfShape } from "../states/shape-chain.js";
import type { VersionView } from "../states/version-view.js";
import { type CollectionOptions, checkCollection } from "./collection-options.js";
import { type Reference, resolveReferences } from "./references.js";
import { type ChangeRule, checkedRule, type StateRule } from "./transitions.js";

/** A collection's options, resolved once. */
export interface Collection extends StateSettings, StateFormat {
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

/** The versions of an API, and its collections as each of them shows them. */
export interface VersionedCollections {
  readonly api: ApiVersions;
  readonly collections: ReadonlyMap<ApiVersion, ReadonlyMap<string, Collection>>;
}

/** The collections of an engine. */
export interface ResolvedCollections {
  /** By name, as the default API version shows them where the API has versions. */
  readonly collections: ReadonlyMap<string, Collection>;
  /** `undefined` where the API has no versions. */
  readonly versioned: VersionedCollections | undefined;
}

/**
 * Resolves the options of all collections.
 *
 * @throws ConfigurationError that names the first option that can't be
 */
export function resolveCollections(
  given: Readonly<Record<string, CollectionOptions>>,
  api: ApiVersions | undefined,
): ResolvedCollections {
  checkMembers("collections", given, anything);
  const names = new Set(Object.keys(given));
  if (names.size === 0) throw new ConfigurationError("collections", "must name at least one collection");
  const resolved = Object.entries(given).map(([name, options]) => resolveCollection(name, options, names, api));
  const restricting = resolved.flatMap(({ name: from, references }) =>
    references.flatMap((reference) => (reference.onDelete === "restrict" ? [{ ...reference, from }] : [])),
  );
  const collections = new Map(
    resolved.map((each) => {
      const referrers = restricting.filter(({ collection }) => collection === each.name);
      return [each.name, Object.freeze({ ...each, referrers })];
    }),
  );
  if (api === undefined) return { collections, versioned: undefined };
  const shown = new Map(api.versions.map((version) => [version, shownIn(version, collections)]));
  return { collections: shown.get(api.default) ?? collections, versioned: { api, collections: shown } };
}

/** The collections as an API version shows them. */
function shownIn(version: ApiVersion, collections: ReadonlyMap<string, Collection>): ReadonlyMap<string, Collection> {
  return new Map(
    [...collections].map(([name, collection]) => {
      const view = collection.view && Object.freeze({ ...collection.view, version });
      return [name, Object.freeze({ ...collection, view })];
    }),
  );
}

/** The schema of what the caller's API version shows. */
export function schemaForCaller({ name, schema, view }: Collection): SchemaOfShape & { readonly name: string } {
  const shown = view?.chain.schemaOf(view.version.number) ?? { option: `collections.${name}.schema`, schema };
  return { ...shown, name };
}

function resolveCollection(
  name: string,
  options: CollectionOptions,
  known: ReadonlySet<string>,
  api: ApiVersions | undefined,
): Omit<Collection, "referrers"> {
  checkCollection(name, options, known);
  const { versionField = "version", etagField = "etag" } = options;
  const settings = resolveStateOptions(`collections.${name}.`, options, { versionField, etagField });
  return {
    ...settings,
    view: viewOf(name, options, api, settings.ownMembers),
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

/** How the default API version shows a collection. */
function viewOf(
  name: string,
  { schema, apiVersions: steps = [] }: CollectionOptions,
  api: ApiVersions | undefined,
  ownMembers: readonly string[],
): VersionView | undefined {
  const path = `collections.${name}.apiVersions`;
  if (api !== undefined) {
    const chain = resolveShapes(path, { api, schema, steps, ownMembers });
    return { version: api.default, chain, names: api.versions.map((version) => version.name) };
  }
  if (steps.length === 0) return undefined;
  throw new ConfigurationError(path, "must come with the API's versions: give `apiVersions` to createUnclash too");
}
