import { isStoreError, StoreError } from "@unclash/core";
import type { Commit, CommitResult, Store, StoredRecord, Write } from "@unclash/core/store";

/** How long to look for what became of a commit, in milliseconds. */
export type LookUp = { readonly lookUpMs: number };

/**
 * Commits, and finds out what became of it where the store can't say: the commit's own tag in the record, or in its
 * history, means that it was applied. Nothing is tried again here. The look-up has a time of its own: a store that has
 * just kept the client waiting for all of its time-out is not waited for as long once more.
 *
 * @throws StoreError where the store failed; `unknown` only where its tag was looked for and not found
 */
export async function commitOnce(store: Store, commit: Commit, { lookUpMs }: LookUp): Promise<CommitResult> {
  try {
    return await store.commit(commit);
  } catch (error) {
    if (!isStoreError(error) || error.outcome !== "unknown") throw error;
    const records = await within(lookUpMs, findApplied(store, commit), []);
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

/** What `work` gives, or `otherwise` where it takes longer. */
async function within<T>(durationMs: number, work: Promise<T>, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), durationMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** For what is written aside, before a write itself: whatever became of it, that was not even tried. */
export function nothingTried(thrown: unknown): never {
  throw isStoreError(thrown) ? new StoreError(thrown.message, "not-applied", { cause: thrown }) : thrown;
}
