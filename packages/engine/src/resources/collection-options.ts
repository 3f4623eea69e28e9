import type { StandardSchemaV1 } from "@standard-schema/spec";
import { ConfigurationError } from "@unclash/core";
import type { JsonObject } from "@unclash/core/json";
import {
  anything,
  checkMembers,
  checkOptions,
  describeValue,
  either,
  isBoolean,
  isFunction,
  isText,
  listOf,
  type OptionRules,
  oneOf,
  required,
} from "@unclash/core/options";
import { indexNameBytesMax, indexValuesMax, type Retention } from "@unclash/core/store";
import { checkMerging, type StateOptions, stateRules } from "../conflicts/state-options.js";
import { checkEtagField, isRetention } from "../options/option-rules.js";
import { type ContentDigest, isDigest } from "../states/digest.js";
import { isSchema, type JsonForm, type Schema } from "../states/schema.js";
import type { FittingSteps, ShapeStep } from "../states/shape-step.js";
import { checkCollectionFields } from "./collection-fields.js";
import { checkReferences, type ReferenceOptions } from "./references.js";
import { type ChangeRule, checkStateRule, type StateRule } from "./transitions.js";

/** The names of a schema's fields; any text where it takes others besides. */
export type FieldName<Output extends object> = Extract<keyof Output, string>;

/** Something for some of a schema's fields. */
type ByField<Output extends object, Value> =
  string extends FieldName<Output> ? Record<string, Value> : Partial<Record<FieldName<Output>, Value>>;

type StatesByField<Output extends object> =
  string extends FieldName<Output>
    ? Record<string, StateRule>
    : { [Name in FieldName<Output>]?: StateRule<Extract<Output[Name], string>> };

/**
 * Describes a collection: names of fields, and the values of states, are those of its schema, and rules see its fields.
 * What does not fit the schema does not compile.
 *
 * @example collection({ schema: z.object({ sku: z.string() }), unique: ["sku"] })
 */
export function collection<S extends Schema, const Steps extends readonly ShapeStep[]>(
  options: CollectionOptions<StandardSchemaV1.InferOutput<S>> & {
    readonly schema: S;
    readonly apiVersions?: Steps & FittingSteps<Steps, S>;
  },
): CollectionOptions;
export function collection(options: CollectionOptions): CollectionOptions {
  return options;
}

/** What one collection is and how it treats its writers. */
export interface CollectionOptions<Output extends object = JsonObject> extends StateOptions {
  /** What a resource's fields must be, `id`, version and entity-tag aside. */
  readonly schema: Schema;
  /** Fields whose values no two resources of the collection share. @default [] */
  readonly unique?: readonly FieldName<Output>[];
  /**
   * Fields that hold the id of an existing resource, with the collection it is in: `"products"`, or `{ collection:
   * "products", onDelete: "restrict" }`. @default {}
   */
  readonly references?: Readonly<ByField<Output, string | ReferenceOptions>>;
  /** Fields that change only along given steps. @default {} */
  readonly states?: Readonly<StatesByField<Output>>;
  /** Further rules over a change. @default [] */
  readonly rules?: readonly ChangeRule<JsonForm<Output>>[];
  /** The member that shows the version in bodies; `false` shows none. @default "version" */
  readonly versionField?: string | false;
  /**
   * The member that holds the entity-tag in an item of a list, and in content that is sent back: there it is a
   * precondition, and never a field. `false`: lists hold none, and a member of that name is a field like any other.
   *
   * @default "etag"
   */
  readonly etagField?: string | false;
  /** `counted`: 1, 2, 3, …; `timestamps`: the milliseconds of the last write, strictly growing. @default "counted" */
  readonly versions?: "counted" | "timestamps";
  /**
   * Whether PATCH takes `application/json` as a merge patch (RFC 7396), for clients that can't name the media type of
   * one. Otherwise it is 415 with `Accept-Patch`: its sender may have meant a JSON Patch, or a whole resource.
   *
   * @default false
   */
  readonly jsonPatchAsMerge?: boolean;
  /** How much of each resource's past is kept. @default "all" */
  readonly retention?: Retention;
  /**
   * What entity-tags are made from: the version, or the content by a digest such as `sha-256` or `md5`. @default
   * "version"
   */
  readonly entityTags?: "version" | ContentDigest;
  /**
   * How the shape of its resources changed from one API version to the next, the oldest step first: what `step` of the
   * API's `apiVersions` makes. `schema` is the newest shape. Between versions without a step nothing changed.
   *
   * @default []
   */
  readonly apiVersions?: readonly ShapeStep[];
}

const namePattern = /^[a-z][a-z0-9-]{0,62}$/;

/** Names that routes of the contract need for themselves, and one under which earlier releases keep records. */
const reservedNames: ReadonlySet<string> = new Set([
  "conflicts",
  "conflict-notifications",
  "dashboard",
  "docs",
  "health",
  "idempotency",
  "locks",
  "metrics",
  "openapi.json",
  "problems",
  "resolve-conflict",
  "transactions",
]);

const rules: OptionRules<CollectionOptions> = {
  schema: required((value) =>
    isSchema(value) ? undefined : "must be a Standard Schema, as zod, valibot and arktype make them",
  ),
  ...stateRules,
  unique: listOf(isText, "the names of fields"),
  references: anything,
  states: anything,
  rules: listOf(isFunction, "functions"),
  versionField: (value) =>
    value === false || (isText(value) === undefined && value !== "id")
      ? undefined
      : "must be a name other than `id`, or false",
  etagField: either(oneOf(false), isText),
  versions: oneOf("counted", "timestamps"),
  jsonPatchAsMerge: isBoolean,
  retention: isRetention,
  apiVersions: (value) => (Array.isArray(value) ? undefined : "must be an array of steps"),
  entityTags: either(oneOf("version"), isDigest),
};

/**
 * Checks the options of one collection.
 *
 * @param known the names of all collections, for references
 * @throws ConfigurationError that names the first option that can't be
 */
export function checkCollection(
  name: string,
  options: unknown,
  known: ReadonlySet<string>,
): asserts options is CollectionOptions {
  const path = `collections.${name}`;
  checkName(path, name);
  if (isSchema(options)) {
    throw new ConfigurationError(path, "must be an object with a `schema`, and is the schema: write `{ schema: … }`");
  }
  checkOptions<CollectionOptions>(path, options, rules);
  const { versionField = "version", etagField = "etag" } = options;
  checkEtagField(`${path}.etagField`, etagField, versionField);
  checkReferences(`${path}.references`, options.references ?? {}, known);
  checkUnique(`${path}.unique`, name, options.unique ?? []);
  if (options.states !== undefined) checkMembers(`${path}.states`, options.states, anything);
  for (const [field, rule] of Object.entries(options.states ?? {})) checkStateRule(`${path}.states.${field}`, rule);
  checkCollectionFields(path, options);
  checkMerging(`${path}.`, options.conflicts);
  if (options.retention === "none" && settlesStaleWrites(options)) {
    throw new ConfigurationError(`${path}.retention`, "must keep some past states where a strategy compares with them");
  }
}

function checkName(path: string, name: string): void {
  if (reservedNames.has(name) || /^v[0-9]+$/.test(name)) {
    throw new ConfigurationError(path, "is a name that unclash's own routes have: choose another one");
  }
  if (namePattern.test(name)) return;
  const near = name.toLowerCase().replaceAll(/[ _]/g, "-");
  const hint = namePattern.test(near) ? `. Did you mean \`${near}\`?` : "";
  throw new ConfigurationError(
    path,
    `is no name for a collection, which begins with a lower-case letter and holds at most 63 of a-z, 0-9 and -${hint}`,
  );
}

function checkUnique(path: string, name: string, fields: readonly string[]): void {
  if (fields.length > indexValuesMax) {
    throw new ConfigurationError(path, `must be at most ${indexValuesMax} fields, and is ${describeValue(fields)}`);
  }
  for (const field of fields) {
    if (Buffer.byteLength(`${name}.${field}`) > indexNameBytesMax)
      throw new ConfigurationError(path, `must be shorter names, not ${describeValue(field)}`);
  }
}

/** Whether a stale write may be let through, for which the state that it was made for must still be known. */
function settlesStaleWrites({ conflicts = {} }: CollectionOptions): boolean {
  const { strategy, allowedStrategies = [] } = conflicts;
  const settles = (name: unknown): boolean => name !== "reject" && name !== "first-write-wins";
  return settles(strategy ?? "reject") || allowedStrategies === "all" || allowedStrategies.some(settles);
}
