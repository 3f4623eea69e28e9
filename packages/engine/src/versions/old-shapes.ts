import type { Key, Store } from "@unclash/core/store";
import { firstShape } from "../commits/commit-tag.js";
import { warnOnce } from "../options/warnings.js";
import type { Collection } from "../resources/collection.js";
import { storedShape } from "../states/representation.js";

/** A resource that is stored in an older shape than new ones are. */
export interface OldState {
  readonly key: Key;
  readonly tag: string;
}

/** A page of the keys of a collection. */
export interface LookedAt {
  readonly looked: number;
  readonly old: readonly OldState[];
  /** Behind which the next page begins; `undefined` on the last one. */
  readonly next: Key | undefined;
}

/** Looks at the next keys of a collection, and at no text. */
export async function findOldShapes(
  store: Pick<Store, "list">,
  collection: Collection,
  { after, limit }: { readonly after: Key | undefined; readonly limit: number },
): Promise<LookedAt> {
  const range = { prefix: `${collection.name}/`, limit, texts: false, ...(after !== undefined && { after }) };
  const { records, next } = await store.list(range);
  const old = records.filter((record) => !record.deleted && isOld(collection, record));
  return { looked: records.length, old: old.map(({ key, tag }) => ({ key, tag })), next };
}

/** Whether the text of a record is in an older shape than it would be stored in now. */
export function isOld({ view }: Collection, record: OldState): boolean {
  if (view === undefined) return false;
  const shape = storedShape({ view }, record);
  return shape < view.chain.stored && !view.chain.isSame(shape, view.chain.stored);
}

/** Whether a collection can have old shapes at all. */
export function hasOldShapes({ view }: Collection): boolean {
  return view !== undefined && !view.chain.isSame(firstShape, view.chain.stored);
}

const pageMax = 1_000;
const pagesMax = 10;

/**
 * Warns of collections that hold states in old shapes, as far as the first 10,000 keys of each show: they are converted
 * at each read, and their unique fields are still those of then.
 *
 * @throws StoreError where the store failed
 */
export async function warnOfOldShapes(
  store: Pick<Store, "list">,
  collections: Iterable<Collection>,
  signal: AbortSignal,
): Promise<void> {
  for (const collection of collections) {
    if (!hasOldShapes(collection)) continue;
    let [looked, old] = [0, 0];
    let after: Key | undefined;
    for (let pages = 0; pages < pagesMax && !signal.aborted; pages += 1) {
      const page = await findOldShapes(store, collection, { after, limit: pageMax });
      looked += page.looked;
      old += page.old.length;
      after = page.next;
      if (after === undefined) break;
    }
    if (signal.aborted || old === 0) continue;
    const { name } = collection;
    const of = after === undefined ? `${looked}` : `the first ${looked}`;
    warnOnce(
      "UNCLASH_OLD_SHAPES",
      collection,
      `Of ${of} resources of ${name}, ${old} are stored in the shape of an earlier API version: each read converts ` +
        `them, and unique fields and references count as they were then. unclash.migrate("${name}") rewrites them.`,
    );
  }
}
