import { StoreError } from "@unclash/core";
import type { Key, Moment, Store, StoredRecord, Write } from "@unclash/core/store";
import { commitOnce } from "../commits/commit-once.js";
import { createTag } from "../commits/commit-tag.js";
import { pauseBeforeTry } from "../commits/pause-before-try.js";
import type { RequestLimits } from "../http/request-limits.js";
import { sentences } from "../http/sentences.js";
import { parseRepresentation } from "../states/representation.js";
import type { Collection } from "./collection.js";
import { referenceWrites } from "./referrers.js";

interface IndexSettings {
  readonly store: Store;
  readonly requestLimits: RequestLimits;
  readonly collections: ReadonlyMap<string, Collection>;
}

/** About so many records are put in one commit: it keeps others from writing what it reads, for as long as it takes. */
const writesMax = 64;

/**
 * Records the references of all resources whose deletion they restrict, where that was not done when they were written.
 *
 * @returns how many were not recorded before
 * @throws StoreError where the store failed, or others changed a resource on each of `requestLimits.racesMax` tries;
 *   what was recorded until then stays
 */
export async function indexReferences(settings: IndexSettings): Promise<number> {
  let count = 0;
  for (const collection of settings.collections.values()) {
    const restricting = collection.references.filter(({ onDelete }) => onDelete === "restrict").length;
    if (restricting > 0) count += await indexCollection(settings, collection, Math.ceil(writesMax / restricting));
  }
  return count;
}

async function indexCollection(settings: IndexSettings, collection: Collection, limit: number): Promise<number> {
  let count = 0;
  let after: string | undefined;
  do {
    const prefix = `${collection.name}/`;
    const page = await settings.store.list({ prefix, limit, ...(after !== undefined && { after }) });
    count += await indexRecords(settings, collection, page.records);
    after = page.next;
  } while (after !== undefined);
  return count;
}

/**
 * Those that others write meanwhile are read and recorded once more, one by one.
 *
 * @param tried how often that was done
 */
async function indexRecords(
  settings: IndexSettings,
  collection: Collection,
  records: readonly StoredRecord[],
  tried = 0,
): Promise<number> {
  const { store, requestLimits } = settings;
  const { writes, at } = await missingRecords(settings, collection, records);
  if (writes.length === 0) return 0;
  const reads = records.map(({ key, tag }) => ({ key, expect: { tag } }));
  const commit = { tag: createTag(), at, reads, writes, events: [], by: null, cause: "reference" };
  const result = await commitOnce(store, commit, requestLimits);
  if (result.kind === "committed") return writes.length;
  let count = 0;
  for (const { key } of records) {
    if (tried === requestLimits.racesMax) throw new StoreError(sentences.alwaysChanged(key, tried), "not-applied");
    await pauseBeforeTry(tried + 1);
    count += await indexRecords(settings, collection, await living(store, key), tried + 1);
  }
  return count;
}

async function living(store: Store, key: Key): Promise<readonly StoredRecord[]> {
  const { records } = await store.read([key]);
  return records.flatMap((record) => (record === undefined || record.deleted ? [] : [record]));
}

async function missingRecords(
  { store, requestLimits }: IndexSettings,
  collection: Collection,
  records: readonly StoredRecord[],
): Promise<{ readonly writes: readonly Write[]; readonly at: Moment }> {
  const writes = records.flatMap(({ key, text }) =>
    referenceWrites(
      requestLimits,
      { collection, key },
      () => undefined,
      text === null ? undefined : parseRepresentation(text),
    ),
  );
  const found = await store.read(writes.map(({ key }) => key));
  return { writes: writes.filter((_, place) => found.records[place] === undefined), at: found.now };
}
