import type { Store } from "@unclash/core/store";
import { warn } from "../options/warnings.js";
import type { CollectionOptions } from "./collection-options.js";
import { resolveReferences } from "./references.js";

/** What all engines over a store must agree on: it decides what they write there, and what they keep out. */
const shared = [
  "unique",
  "references",
  "states",
  "versionField",
  "versions",
  "entityTags",
  "retention",
] as const satisfies readonly (keyof CollectionOptions)[];

type Shared = Readonly<Record<(typeof shared)[number], string>>;

const defaults: Shared = {
  unique: "[]",
  references: "{}",
  states: "{}",
  versionField: '"version"',
  versions: '"counted"',
  entityTags: '"version"',
  retention: '"all"',
};

const known = new WeakMap<Store, Map<string, Shared>>();

/**
 * Warns where a collection is not what another engine of this process over the same store takes it for: values that are
 * unique to one are not to the other, and each shows the texts that the other has written.
 */
export function warnOfOtherEngines(store: Store, collections: Readonly<Record<string, CollectionOptions>>): void {
  const others = known.get(store) ?? new Map<string, Shared>();
  known.set(store, others);
  for (const [name, options] of Object.entries(collections)) {
    const mine = sharedOf(options);
    const other = others.get(name);
    others.set(name, mine);
    if (other !== undefined) warnOfDifferences(name, mine, other);
  }
}

function sharedOf(options: CollectionOptions): Shared {
  const given = { ...options, references: shortestReferences(options.references) };
  const texts = shared.map((option) => [option, textOf(given[option]) ?? defaults[option]]);
  return { ...defaults, ...Object.fromEntries(texts) };
}

/** References as they are written most shortly: how they are written says nothing. */
function shortestReferences(references: CollectionOptions["references"]): CollectionOptions["references"] {
  const resolved = resolveReferences(references).map(({ field, collection, onDelete }) => {
    return [field, onDelete === "ignore" ? collection : { collection, onDelete }] as const;
  });
  return Object.fromEntries(resolved);
}

/** The order in which fields are named says nothing. */
function textOf(value: CollectionOptions[(typeof shared)[number]]): string | undefined {
  if (Array.isArray(value)) return JSON.stringify(value.toSorted());
  if (typeof value !== "object") return JSON.stringify(value);
  return JSON.stringify(Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))));
}

function warnOfDifferences(name: string, mine: Shared, other: Shared): void {
  const differing = shared.filter((option) => mine[option] !== other[option]);
  if (differing.length === 0) return;
  const said = differing.map((option) => `\`${option}\` is ${mine[option]} here, and ${other[option]} there`);
  warn(
    "UNCLASH_ENGINES_DIFFER",
    `collections.${name} is not what another engine over the same store takes it for: ${said.join("; ")}. Give both ` +
      "the same, or each a store of its own.",
  );
}
