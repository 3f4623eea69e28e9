import type { Commit, Moment, StoredRecord, Write } from "@unclash/core";
import { claimsOf } from "./claims.js";
import type { Head } from "./head.js";
import { escapeNul } from "./nul.js";
import { cleanAtOf, type Keep, keepOf, keepsNothing } from "./retention.js";
import { recordOf } from "./state.js";
import type { Tables } from "./tables.js";

type Put = Extract<Write, { put: unknown }>;

/**
 * Carries out a commit that clashes with nothing, in the write transaction in which that was found. The result has one
 * record for each write, in their order.
 */
export function apply(
  commit: Commit,
  heads: readonly (Head | undefined)[],
  tables: Tables,
  now: Moment,
): readonly (StoredRecord | null)[] {
  const revision = tables.counter.next();
  tables.events.add(commit, revision);
  return commit.writes.map((write, at) => {
    const head = heads[at];
    if ("put" in write) return put(commit, write, head, revision, tables, now);
    if (head === undefined) return null;
    if ("delete" in write)
      return write.delete === "forget" ? forget(head, tables) : bury(commit, head, revision, tables);
    if ("extendMs" in write) return extend(head, now + write.extendMs, tables);
    return redact(commit, write, head, tables);
  });
}

function put(
  commit: Commit,
  write: Put,
  before: Head | undefined,
  revision: number,
  tables: Tables,
  now: Moment,
): StoredRecord {
  const keep = keepOf(write.keep ?? "all");
  const version = (before?.version ?? 0) + 1;
  const next: Head = {
    id: before?.id ?? tables.counter.next(),
    key: write.key,
    ...writtenBy(commit, revision),
    version,
    deleted: 0,
    createdAt: before === undefined || before.deleted === 1 ? commit.at : before.createdAt,
    lapsesAt: write.ttlMs === undefined ? null : now + write.ttlMs,
    ...keep,
    cleanAt: cleanAtOf(keep, version, before),
    claims: claimsOf(write.index),
    ...placed(keep, write.put, tables),
  };
  return replace(before, next, write.put, tables);
}

function bury(commit: Commit, before: Head, revision: number, tables: Tables): StoredRecord {
  const version = before.version + 1;
  const tombstone: Head = {
    ...before,
    ...writtenBy(commit, revision),
    version,
    deleted: 1,
    lapsesAt: null,
    cleanAt: cleanAtOf(before, version, before),
    claims: null,
    ...placed(before, null, tables),
  };
  return replace(before, tombstone, null, tables);
}

function writtenBy({ tag, at, by, cause }: Commit, revision: number) {
  return { revision, tag, modifiedAt: at, actor: by === null ? null : escapeNul(by), cause: escapeNul(cause) };
}

function placed(keep: Keep, text: string | null, { counter }: Tables): Pick<Head, "position" | "body"> {
  return keepsNothing(keep) ? { position: null, body: text } : { position: counter.next(), body: null };
}

function replace(before: Head | undefined, next: Head, text: string | null, tables: Tables): StoredRecord {
  if (next.position !== null) {
    // Until now no past was kept. From now on it is, and what is current becomes the first of it.
    if (before?.position === null) tables.log.add(tables.counter.next(), before, before.body);
    tables.log.add(next.position, next, text);
  }
  tables.heads.save(next, before);
  tables.claims.replace(next, before?.claims ?? null, next.claims);
  return recordOf(next.key, next, text);
}

function forget(head: Head, { heads, log, claims }: Tables): null {
  heads.remove(head);
  claims.replace(head, head.claims, null);
  if (head.position !== null || head.cleanAt !== null) log.forget(head.id);
  return null;
}

function extend(head: Head, lapsesAt: Moment, { heads, log }: Tables): StoredRecord | null {
  const text = heads.getWithText(head.key)?.text ?? null;
  const next: Head = { ...head, lapsesAt };
  if (head.position !== null) log.extend(head.position, lapsesAt);
  heads.save(next, head);
  return recordOf(head.key, next, text);
}

function redact(
  { tag }: Commit,
  { redact: text, version }: Extract<Write, { redact: unknown }>,
  head: Head,
  { heads, log }: Tables,
): StoredRecord | null {
  const state = log.get(head.id, version);
  if (state !== undefined) log.redact(state.position, text, tag);
  if (head.version !== version) return state === undefined ? null : recordOf(head.key, { ...state, tag }, text);
  const next: Head = { ...head, tag, body: head.position === null ? text : null };
  heads.save(next, head);
  return recordOf(head.key, next, text);
}
