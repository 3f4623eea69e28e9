import { StoreError } from "@unclash/core";
import type { Key, Moment, Store, StoredRecord, Write } from "@unclash/core/store";
import { commitOnce } from "../commits/commit-once.js";
import { createTag } from "../commits/commit-tag.js";
import { pauseBeforeTry } from "../commits/pause-before-try.js";
import type { RequestLimits } from "../http/request-limits.js";
import { sentences } from "../http/sentences.js";
import { fieldsIn } from "../states/representation.js";
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
 * @throws StoreError where the store failed, or others kept changing a resource for as long as
 *   `requestLimits.contendedWriteMs`; what was recorded until then stays
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

/** Those that others write meanwhile are read and recorded once more, one by one. */
async function indexRecords(
  settings: IndexSettings,
  collection: Collection,
  records: readonly StoredRecord[],
): Promise<number> {
  const recorded = await recordMissing(settings, collection, records);
  if (recorded !== undefined) return recorded;
  let count = 0;
  for (const { key } of records) count += await indexContended(settings, collection, key);
  return count;
}

async function indexContended(settings: IndexSettings, collection: Collection, key: Key): Promise<number> {
  const endsAt = performance.now() + settings.requestLimits.contendedWriteMs;
  for (let tried = 0; ; tried += 1) {
    await pauseBeforeTry(tried + 1);
    const recorded = await recordMissing(settings, collection, await living(settings.store, key));
    if (recorded !== undefined) return recorded;
    if (performance.now() >= endsAt) throw new StoreError(sentences.alwaysChanged(key), "not-applied");
  }
}

/** Records what is missing, and tells how much that was; nothing where others have written one of them meanwhile. */
async function recordMissing(
  settings: IndexSettings,
  collection: Collection,
  records: readonly StoredRecord[],
): Promise<number | undefined> {
  const { store, requestLimits } = settings;
  const { writes, at } = await missingRecords(settings, collection, records);
  if (writes.length === 0) return 0;
  const reads = records.map(({ key, tag }) => ({ key, expect: { tag } }));
  const commit = { tag: createTag(), at, reads, writes, events: [], by: null, cause: "reference" };
  return (await commitOnce(store, commit, requestLimits)).kind === "committed" ? writes.length : undefined;
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
  const writes = records.flatMap((record) =>
    referenceWrites(requestLimits, { collection, key: record.key }, () => undefined, fieldsIn(collection, record)()),
  );
  const found = await store.read(writes.map(({ key }) => key));
  return { writes: writes.filter((_, place) => found.records[place] === undefined), at: found.now };
}
