import { type Commit, type CommitResult, isStoreError, type Store, type StoredRecord } from "@unclash/core";

/**
 * Commits, and finds out what became of it where the store can't say: the commit's own tag in the record, or in its
 * history, means that it was applied. Nothing is tried again here.
 *
 * @throws StoreError where the store failed; `unknown` only where its tag was looked for and not found
 */
export async function commitOnce(store: Store, commit: Commit): Promise<CommitResult> {
  try {
    return await store.commit(commit);
  } catch (error) {
    if (!isStoreError(error) || error.outcome !== "unknown") throw error;
    const records = await Promise.all(commit.writes.map(({ key }) => findByTag(store, key, commit.tag)));
    if (records.every((record) => record === undefined)) throw error;
    return { kind: "committed", records: records.map((record) => record ?? null) };
  }
}

const pastStatesMax = 100;

async function findByTag(store: Store, key: string, tag: string): Promise<StoredRecord | undefined> {
  const { records } = await store.history(key, { limit: pastStatesMax, texts: true });
  return records.find((record) => record.tag === tag);
}
