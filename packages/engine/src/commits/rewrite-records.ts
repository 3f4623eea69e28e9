import type { Range, Store, StoredRecord, Write } from "@unclash/core/store";
import { commitOnce, type LookUp } from "./commit-once.js";
import { type CommitHeader, commitOf } from "./commit-parts.js";
import { createTag } from "./commit-tag.js";

/**
 * Rewrites the records of a range, a page in a commit. A page of which a record has changed meanwhile is read again.
 *
 * @param writesOf the writes of one record, at this moment of the store's; none leaves it as it is
 * @throws StoreError where the store failed: some pages may be done then
 */
export async function rewriteRecords(
  {
    store,
    header,
    lookUp,
  }: { readonly store: Store; readonly header: Omit<CommitHeader, "tag" | "at">; readonly lookUp: LookUp },
  range: Range,
  writesOf: (record: StoredRecord, now: number) => readonly Write[],
): Promise<void> {
  for (let after: string | undefined, isDone = false; !isDone; ) {
    const page = await store.list(after === undefined ? range : { ...range, after });
    const writes = page.records.flatMap((record) => writesOf(record, page.now));
    const commit = commitOf({ ...header, tag: createTag(), at: page.now }, [{ writes }]);
    const isCommitted = writes.length === 0 || (await commitOnce(store, commit, lookUp)).kind === "committed";
    if (isCommitted) after = page.next;
    isDone = isCommitted && page.next === undefined;
  }
}
