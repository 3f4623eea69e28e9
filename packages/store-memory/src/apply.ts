import {
  type Commit,
  type Moment,
  modifiedAtOver,
  type Revision,
  type StoredRecord,
  type Write,
} from "@unclash/core/store";
import type { Entry } from "./entry.js";
import type { Records } from "./records.js";

/** Carries out the writes of a commit that clashes with nothing. The result has one record for each, in their order. */
export function applyWrites(
  commit: Commit,
  records: Records,
  revision: Revision,
  now: Moment,
): readonly (StoredRecord | null)[] {
  return commit.writes.map((write) => {
    const entry = records.get(write.key);
    if ("put" in write) {
      const record = putState(commit, write, entry?.current, revision, now);
      records.write(record, write.keep ?? "all", write.index ?? []);
      return record;
    }
    if (entry === undefined) return null;
    if ("delete" in write) {
      if (write.delete === "tombstone") return bury(commit, records, entry, revision);
      records.forget(entry);
      return null;
    }
    if ("extendMs" in write) return extend(records, entry, now + write.extendMs);
    return redact(commit, write, records, entry);
  });
}

function putState(
  commit: Commit,
  write: Extract<Write, { put: unknown }>,
  before: StoredRecord | undefined,
  revision: Revision,
  now: Moment,
): StoredRecord {
  const record: StoredRecord = {
    key: write.key,
    version: (before?.version ?? 0) + 1,
    revision,
    tag: commit.tag,
    text: write.put,
    createdAt: before === undefined || before.deleted ? commit.at : before.createdAt,
    modifiedAt: modifiedAtOver(before, commit),
    by: commit.by,
    cause: commit.cause,
  };
  return write.ttlMs === undefined ? record : { ...record, lapsesAt: now + write.ttlMs };
}

function bury(commit: Commit, records: Records, entry: Entry, revision: Revision): StoredRecord {
  const tombstone: StoredRecord = {
    key: entry.key,
    version: entry.current.version + 1,
    revision,
    tag: commit.tag,
    text: null,
    deleted: true,
    createdAt: entry.current.createdAt,
    modifiedAt: modifiedAtOver(entry.current, commit),
    by: commit.by,
    cause: commit.cause,
  };
  records.write(tombstone, entry.keep, []);
  return tombstone;
}

function extend(records: Records, entry: Entry, lapsesAt: Moment): StoredRecord {
  const record = { ...entry.current, lapsesAt };
  records.amend(entry, record);
  return record;
}

function redact(
  commit: Commit,
  write: Extract<Write, { redact: unknown }>,
  records: Records,
  entry: Entry,
): StoredRecord {
  const at = entry.past.findIndex(({ version }) => version === write.version);
  const record = { ...(entry.past[at] ?? entry.current), text: write.redact, tag: commit.tag };
  if (at === -1) records.amend(entry, record);
  else entry.past[at] = record;
  return record;
}
