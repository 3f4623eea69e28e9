import { ConfigurationError } from "@unclash/core";
import {
  checkMembers,
  checkOptions,
  nearestName,
  type OptionRule,
  type OptionRules,
  oneOf,
  required,
} from "@unclash/core/options";

/** A reference whose resource is kept from being deleted, or not. */
export interface ReferenceOptions {
  /** The collection of the resource that the field names. */
  readonly collection: string;
  /**
   * What the deletion of a resource comes to while others refer to it. `ignore`: it is deleted, and what refers to it
   * stays as it is, and leads to nothing from then on. `restrict`: it is 409 `invalid-state`, however many processes
   * write at once; only a reference of the resource to itself does not count. What was written before this was set
   * counts once `indexReferences` of the engine has been called.
   *
   * @default "ignore"
   */
  readonly onDelete?: "ignore" | "restrict";
}

/** A field that holds the id of an existing resource. */
export interface Reference extends Required<ReferenceOptions> {
  readonly field: string;
}

/** So many fields of one collection may restrict deletions: each is a record more in a commit. */
const restrictedMax = 32;

const rules = (known: ReadonlySet<string>): OptionRules<ReferenceOptions> => ({
  collection: required(isKnown(known)),
  onDelete: oneOf("ignore", "restrict"),
});

/**
 * Checks the references of a collection.
 *
 * @param path where they stand: `collections.orders.references`
 * @param known the names of all collections
 * @throws ConfigurationError that names the first one that can't be
 */
export function checkReferences(path: string, references: unknown, known: ReadonlySet<string>): void {
  const target = isKnown(known);
  checkMembers(path, references, (reference) => (isObject(reference) ? undefined : target(reference)));
  const restricted = Object.entries(Object(references)).filter(([field, reference]) => {
    if (!isObject(reference)) return false;
    checkOptions<ReferenceOptions>(`${path}.${field}`, reference, rules(known));
    return reference.onDelete === "restrict";
  });
  if (restricted.length > restrictedMax) {
    throw new ConfigurationError(path, `must hold at most ${restrictedMax} with onDelete "restrict"`);
  }
}

function isKnown(known: ReadonlySet<string>): OptionRule {
  return (target) => {
    if (typeof target === "string" && known.has(target)) return undefined;
    const nearest = typeof target === "string" ? nearestName(target, [...known]) : undefined;
    const hint = nearest === undefined ? "" : ` (did you mean "${nearest}"?)`;
    return `must name a collection of this engine${hint}: ${[...known].join(", ")}`;
  };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Resolves the references of a collection, whose names alone stand for those that are ignored. */
export function resolveReferences(
  references: Readonly<Record<string, string | ReferenceOptions>> = {},
): readonly Reference[] {
  return Object.entries(references).map(([field, given]) => {
    const { collection, onDelete = "ignore" }: ReferenceOptions =
      typeof given === "string" ? { collection: given } : given;
    return { field, collection, onDelete };
  });
}
