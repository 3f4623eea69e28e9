import { type Commit, type Moment, modifiedAtOver, type StoredRecord, type Write } from "@unclash/core/store";
import { claimsOf } from "./claims.js";
import type { Head } from "./head.js";
import { cleanAtOf, type Keep, keepOf, keepsNothing } from "./retention.js";
import { recordOf } from "./state.js";
import type { Tables } from "./tables.js";

/** What all writes of one commit have in common. */
interface Step {
  readonly commit: Commit;
  readonly revision: number;
  readonly now: Moment;
  readonly tables: Tables;
}

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
  // A commit of readings alone leaves nothing behind, and so costs no fsync.
  if (commit.writes.length === 0 && commit.events.length === 0) return [];
  const step: Step = { commit, revision: tables.counter.next(), now, tables };
  tables.events.add(commit, step.revision);
  return commit.writes.map((write, at) => applyWrite(write, heads[at], step));
}

function applyWrite(write: Write, head: Head | undefined, step: Step): StoredRecord | null {
  if ("put" in write) return put(write, head, step);
  if (head === undefined) return null;
  if ("extendMs" in write) return extend(write, head, step);
  if ("redact" in write) return redact(write, head, step);
  return write.delete === "forget" ? forget(head, step) : bury(head, step);
}

function put(write: Extract<Write, { put: unknown }>, before: Head | undefined, step: Step): StoredRecord {
  const { commit, now, tables } = step;
  const keep = keepOf(write.keep ?? "all");
  const version = (before?.version ?? 0) + 1;
  const next: Head = {
    id: before?.id ?? tables.counter.next(),
    key: write.key,
    ...writtenBy(step, before),
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

function bury(before: Head, step: Step): StoredRecord {
  const version = before.version + 1;
  const tombstone: Head = {
    ...before,
    ...writtenBy(step, before),
    version,
    deleted: 1,
    lapsesAt: null,
    cleanAt: cleanAtOf(before, version, before),
    claims: null,
    ...placed(before, null, step.tables),
  };
  return replace(before, tombstone, null, step.tables);
}

function writtenBy({ commit, revision }: Step, before: Head | undefined) {
  const { tag, by, cause } = commit;
  return { revision, tag, modifiedAt: modifiedAtOver(before, commit), actor: by, cause };
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

function forget(head: Head, { tables: { heads, log, claims } }: Step): null {
  heads.remove(head);
  claims.replace(head, head.claims, null);
  if (head.position !== null || head.cleanAt !== null) log.forget(head.id);
  return null;
}

function extend(
  { extendMs }: Extract<Write, { extendMs: unknown }>,
  head: Head,
  { now, tables: { heads, log } }: Step,
): StoredRecord {
  const text = heads.getWithText(head.key)?.text ?? null;
  const next: Head = { ...head, lapsesAt: now + extendMs };
  if (head.position !== null) log.extend(head.position, now + extendMs);
  heads.save(next, head);
  return recordOf(head.key, next, text);
}

function redact(
  { redact: text, version }: Extract<Write, { redact: unknown }>,
  head: Head,
  { commit: { tag }, tables: { heads, log } }: Step,
): StoredRecord | null {
  const state = log.get(head.id, version);
  if (state !== undefined) log.redact(state.position, text, tag);
  if (head.version !== version) return state === undefined ? null : recordOf(head.key, { ...state, tag }, text);
  const next: Head = { ...head, tag, body: head.position === null ? text : null };
  heads.save(next, head);
  return recordOf(head.key, next, text);
}
