import type { Commit, Range, Store } from "@unclash/core/store";
import { createUnclash, type RequestFacts } from "unclash";
import { api, type CollectionName, collections } from "./collections.js";
import { articles } from "./seed/articles.js";
import { notes } from "./seed/notes.js";
import { orders } from "./seed/orders.js";
import { createPlanningStore } from "./seed/planning-store.js";
import { products } from "./seed/products.js";
import type { SeedResource } from "./seed/resource.js";

// Orders name products, so these come first.
const seeds: readonly (readonly [CollectionName, readonly SeedResource[]])[] = [
  ["products", products],
  ["articles", articles],
  ["notes", notes],
  ["orders", orders],
];

/**
 * Fills the collections of a new shop. Each is filled in one commit, or not at all: where it holds anything, where any
 * of these ids was ever used, and where another process is faster, it is left as it is. So nothing is written over,
 * what users deleted stays deleted, and any number of processes may start at once, or die while they do.
 *
 * @throws StoreError where the store failed
 */
export async function seed(store: Store): Promise<void> {
  for (const [collection, resources] of seeds) await seedCollection(store, collection, resources);
}

async function seedCollection(
  store: Store,
  collection: CollectionName,
  resources: readonly SeedResource[],
): Promise<void> {
  const everything: Range = { prefix: `${collection}/`, limit: 1 };
  if ((await store.list(everything)).records.length > 0) return;
  const commits = await planCreations(store, collection, resources);
  const [first] = commits;
  if (first === undefined) return;
  await store.commit({
    ...first,
    reads: [{ range: everything, seen: [] }, ...commits.flatMap(({ reads }) => reads)],
    writes: commits.flatMap(({ writes }) => writes.map((write) => ({ ...write, expect: "absent" as const }))),
    events: commits.flatMap(({ events }) => events),
  });
}

/** The commits that the engine makes of POST requests for these resources; none where it refuses one of them. */
async function planCreations(
  store: Store,
  collection: CollectionName,
  resources: readonly SeedResource[],
): Promise<readonly Commit[]> {
  const planning = createPlanningStore(store);
  const unclash = createUnclash({ store: planning, collections, apiVersions: api });
  for (const resource of resources) {
    const { status } = await unclash.handle(creation(collection, resource));
    // Someone was faster, or has taken a product that an order names out of the range.
    if (status !== 201) return [];
  }
  return planning.commits;
}

function creation(collection: CollectionName, resource: SeedResource): RequestFacts {
  return {
    method: "POST",
    base: "",
    path: `/${collection}`,
    query: "",
    headers: { "content-type": "application/json" },
    address: undefined,
    body: { kind: "parsed", value: resource },
    native: undefined,
  };
}
