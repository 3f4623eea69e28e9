import { isStoreError, StoreError } from "@unclash/core";
import type { Commit, CommitResult, Store, StoredRecord, Tag, Write } from "@unclash/core/store";

/** How long to look for the outcome of a commit, in milliseconds. */
export type LookUp = { readonly lookUpMs: number };

/**
 * Commits, and finds out the outcome where the store can't say. A commit is there whole or not at all: its own
 * tag in one of its records, or in the history of one, means that all of it was applied. Nothing is tried again here.
 * The look-up has a time of its own: a store that has just kept the client waiting for all of its time-out is not
 * waited for as long once more.
 *
 * @returns where it was found so, the records that could be found: `null` for what was forgotten, and for what is there
 *   no more since others have written since
 * @throws StoreError where the store failed; `unknown` only where its tag was looked for and not found, or is nowhere:
 *   renewals, forgetting and events leave none
 */
export async function commitOnce(store: Store, commit: Commit, { lookUpMs }: LookUp): Promise<CommitResult> {
  try {
    return await store.commit(commit);
  } catch (error) {
    if (!isStoreError(error) || error.outcome !== "unknown") throw error;
    const found: Found = { records: undefined };
    await within(lookUpMs, lookFor(store, commit, found));
    if (found.records === undefined) throw error;
    return { kind: "committed", records: found.records };
  }
}

/** What is known so far: that the commit was applied, once there are records, one for each write. */
interface Found {
  records: readonly (StoredRecord | null)[] | undefined;
}

/** Looks for one write of the commit, and where it is there for the others. */
async function lookFor(store: Store, commit: Commit, found: Found): Promise<void> {
  // A store that can't be asked tells nothing about the commit, nor takes back what it has told.
  try {
    const trace = await findTrace(store, commit);
    if (trace === undefined) return;
    found.records = commit.writes.map((write) => (write === trace.write ? trace.record : null));
    found.records = await recordsOf(store, commit, found.records);
  } catch {}
}

async function findTrace(store: Store, { writes, tag }: Commit) {
  for (const write of byLasting(writes)) {
    const record = await findInHistory(store, write, tag);
    if (record !== null) return { write, record };
    // What is kept for good would be there, so that no other write can tell more.
    if (risksOf(write) === 0) return undefined;
  }
  return undefined;
}

/** The writes that leave the tag of their commit, those first that others are least likely to have removed. */
function byLasting(writes: readonly Write[]): readonly Write[] {
  const traces = writes.filter((write) => leavesTag(write));
  return traces.sort((a, b) => risksOf(a) - risksOf(b));
}

/** A renewal leaves the tag that was there, and what is forgotten none. */
function leavesTag(write: Write): boolean {
  return !("extendMs" in write) && !("delete" in write && write.delete === "forget");
}

/**
 * How easily what a write left is gone again: 0 where all of the past is kept, 1 where some of it is, or where that
 * depends on the put before; 2 where the next write replaces it; and more where it lapses, and so may be forgotten.
 */
function risksOf(write: Write): number {
  if (!("put" in write)) return 1;
  const { keep = "all", ttlMs } = write;
  const lapses = ttlMs === undefined ? 0 : 3;
  return lapses + (keep === "all" ? 0 : keep === "none" ? 2 : 1);
}

const pastStatesMax = 100;

async function findInHistory(store: Store, write: Write, tag: Tag): Promise<StoredRecord | null> {
  const where = "redact" in write ? { before: write.version + 1, limit: 1 } : { limit: pastStatesMax };
  const { records } = await store.history(write.key, { ...where, texts: false });
  const record = records.find((state) => state.tag === tag);
  return record === undefined ? null : { ...record, text: textOf(write) };
}

function textOf(write: Write): string | null {
  if ("put" in write) return write.put;
  return "redact" in write ? write.redact : null;
}

/** The records of a commit that was applied: as they are there now, or as their history has them. */
async function recordsOf(
  store: Store,
  { writes, tag }: Commit,
  known: readonly (StoredRecord | null)[],
): Promise<readonly (StoredRecord | null)[]> {
  const keys = writes.map(({ key }) => key);
  const { records } = writes.length === 1 ? { records: [] } : await store.read(keys);
  return Promise.all(
    writes.map(async (write, at) => {
      const [record, current] = [known[at] ?? null, records[at]];
      if (record !== null) return record;
      if ("extendMs" in write) return current?.tag === expectedTag(write) ? (current ?? null) : null;
      if (!leavesTag(write)) return null;
      return current?.tag === tag && !("redact" in write) ? current : findInHistory(store, write, tag);
    }),
  );
}

function expectedTag({ expect }: Write): Tag | undefined {
  return typeof expect === "object" && "tag" in expect ? expect.tag : undefined;
}

/** Returns once `work` has ended, or has taken so long. */
async function within(durationMs: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, durationMs);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** For what is written aside, before a write itself: whatever became of it, that was not even tried. */
export function nothingTried(thrown: unknown): never {
  throw isStoreError(thrown) ? new StoreError(thrown.message, "not-applied", { cause: thrown }) : thrown;
}
