import type { Key, Moment, Store, StoredRecord, Version, Write } from "@unclash/core/store";
import type { LookUp } from "../../commits/commit-once.js";
import type { CommitHeader } from "../../commits/commit-parts.js";
import { rewriteRecords } from "../../commits/rewrite-records.js";
import { conflictIndex, rangeOf } from "./conflict-keys.js";
import { type ConflictRecord, conflictText, type RecordedState, readConflict } from "./record.js";

/** Records hold states, which may be large: so many are read at once. */
const pageMax = 16;

/**
 * Takes all content out of the records that name a past state of which something is redacted: what was proposed was
 * made from that state, and nobody can tell any more which parts of it are the same. Such a conflict can still be
 * resolved with the current state, or with a value of its own. It may be called again, and is, once the state is
 * redacted.
 *
 * @throws StoreError where the store failed: some records may be done then
 */
export async function redactConflicts(
  store: Store,
  { key, version }: { readonly key: Key; readonly version: Version },
  header: Omit<CommitHeader, "tag" | "at">,
  lookUp: LookUp,
): Promise<void> {
  const range = { ...rangeOf({ resource: key, state: undefined }), limit: pageMax };
  await rewriteRecords({ store, header, lookUp }, range, (record, now) => redactedWrite(record, version, now));
}

function redactedWrite(stored: StoredRecord, version: Version, now: Moment): readonly Write[] {
  const record = readConflict(stored.text);
  const { proposed, base, current, ...rest } = record;
  const isNamed = record.guard === undefined && (base.version === version || current.version === version);
  const isEmpty = proposed === undefined && base.held === undefined && current.held === undefined;
  if (!isNamed || isEmpty) return [];
  const left: ConflictRecord = { ...rest, base: withoutContent(base), current: withoutContent(current) };
  const { key, tag, lapsesAt = now, lapsed } = stored;
  const expect = lapsed ? { lapsed: tag } : { tag };
  const ttlMs = Math.max(1, lapsesAt - now);
  return [{ key, expect, put: conflictText(left), keep: "none", ttlMs, index: conflictIndex(left) }];
}

function withoutContent({ held: _held, ...state }: RecordedState): RecordedState {
  return state;
}
