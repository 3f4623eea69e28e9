import { type Commit, type CommitResult, isStoreError, type Store, type StoredRecord, type Write } from "@unclash/core";

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
    const records = await findApplied(store, commit);
    if (records.every((record) => record === null)) throw error;
    return { kind: "committed", records };
  }
}

const pastStatesMax = 100;

/** What a commit has written, as far as it can be found. A store that can't be asked tells nothing about the commit. */
async function findApplied(store: Store, { writes, tag }: Commit): Promise<readonly (StoredRecord | null)[]> {
  try {
    return await Promise.all(writes.map((write) => findByTag(store, write, tag)));
  } catch {
    return [];
  }
}

async function findByTag(store: Store, write: Write, tag: string): Promise<StoredRecord | null> {
  const { records } = await store.history(write.key, { limit: pastStatesMax, texts: false });
  const record = records.find((state) => state.tag === tag);
  return record === undefined ? null : { ...record, text: "put" in write ? write.put : null };
}
