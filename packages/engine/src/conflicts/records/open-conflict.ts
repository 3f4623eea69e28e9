import type { Store } from "@unclash/core/store";
import { commitOnce, type LookUp } from "../../commits/commit-once.js";
import { type CommitPart, commitOf } from "../../commits/commit-parts.js";
import { createTag } from "../../commits/commit-tag.js";
import { findSlot, openPart } from "./conflict-writes.js";
import type { ConflictRecord } from "./record.js";

/** So often a record is tried whose place another process has taken. */
const triesMax = 5;

/**
 * Opens a conflict in a commit of its own.
 *
 * @returns whether it is open: not where the resource has as many already, and none of them may go
 * @throws StoreError where the store failed
 */
export async function openConflict(
  store: Store,
  lookUp: LookUp,
  {
    id,
    record,
    resolveWithinMs,
  }: { readonly id: string; readonly record: ConflictRecord; readonly resolveWithinMs: number },
): Promise<boolean> {
  for (let tries = 0; tries < triesMax; tries += 1) {
    const slot = await findSlot(store, record.resource);
    if (slot === undefined) return false;
    if (await commitRecord(store, lookUp, record, openPart(id, record, slot, { resolveWithinMs }))) return true;
  }
  return false;
}

/** Commits what is to be recorded of a conflict, and gives whether that is there now. */
export async function commitRecord(
  store: Store,
  lookUp: LookUp,
  { detectedAt: at, by }: ConflictRecord,
  part: CommitPart,
): Promise<boolean> {
  const commit = commitOf({ tag: createTag(), at, by, cause: "conflict" }, [part]);
  return (await commitOnce(store, commit, lookUp)).kind === "committed";
}
