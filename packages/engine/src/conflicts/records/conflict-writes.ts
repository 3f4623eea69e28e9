import type { Expectation, Key, Reading, StoredRecord, Write, WriteAction } from "@unclash/core/store";
import type { Reader } from "../../access/resource-exchange.js";
import type { CommitPart } from "../../commits/commit-parts.js";
import { conflictIdOf, conflictIndex, conflictKey, openMax, slotKey, slotPrefix } from "./conflict-keys.js";
import { type ConflictRecord, type ConflictResolution, conflictText } from "./record.js";

/** A write of a new text. */
type PutAction = Extract<WriteAction, { readonly put: string }>;

/** What is done to a record that nobody waits for any more: it is kept for a while. */
function closedAction(record: ConflictRecord): PutAction {
  return { put: conflictText(record), keep: "none", ttlMs: record.keepMs, index: conflictIndex(record) };
}

/** What is told to those who follow the resource. */
function eventOf(type: string, id: string, record: ConflictRecord) {
  const { resource, strategy, origin, current, count, by, resolution } = record;
  const data = JSON.stringify({
    by,
    conflict: id,
    strategy,
    origin,
    ...(count > 1 && { count }),
    ...(resolution && { resolution: resolution.kind, resolvedBy: resolution.by }),
  });
  const { version } = current;
  return { type: `conflict.${type}`, key: resource, ...(version !== undefined && { version }), data };
}

/** The part of a commit that records a conflict which its strategy has settled. */
export function settledPart(id: string, record: ConflictRecord): CommitPart {
  return {
    writes: [{ key: conflictKey(id), expect: "absent", ...closedAction(record) }],
    events: [eventOf("resolved", id, record)],
  };
}

/** A place among the open conflicts of a resource. */
export interface Slot {
  readonly key: Key;
  readonly expect: Expectation;
  /** The refusal that had it until now, and goes. */
  readonly evicted: Key | undefined;
}

/**
 * Finds a place for one more open conflict of a resource; nothing where all are taken by what must not go. Each place
 * is a record, so that the commit that takes one fails where another has been faster.
 */
export async function findSlot(reader: Pick<Reader, "list">, resource: Key): Promise<Slot | undefined> {
  const { records } = await reader.list({ prefix: slotPrefix(resource), limit: openMax });
  if (records.length < openMax) {
    const taken = new Set(records.map(({ key }) => key));
    // Anywhere among the free ones: writers of several processes then seldom want the same one.
    const free = Array.from({ length: openMax }, (_, at) => slotKey(resource, at)).filter((key) => !taken.has(key));
    const key = free[Math.floor(Math.random() * free.length)];
    return key === undefined ? undefined : { key, expect: "absent", evicted: undefined };
  }
  const refusals = records.flatMap((record) => {
    const { conflict, origin } = readSlot(record);
    return origin === "refused" ? [{ record, conflict }] : [];
  });
  const oldest = refusals.sort((one, other) => (one.conflict < other.conflict ? -1 : 1))[0];
  if (oldest === undefined) return undefined;
  return { key: oldest.record.key, expect: { tag: oldest.record.tag }, evicted: conflictKey(oldest.conflict) };
}

function readSlot({ text }: StoredRecord): { readonly conflict: string; readonly origin: string } {
  const value: unknown = JSON.parse(text ?? "{}");
  return {
    conflict: String(Reflect.get(Object(value), "conflict")),
    origin: String(Reflect.get(Object(value), "origin")),
  };
}

/** The part of a commit that opens a conflict. */
export function openPart(
  id: string,
  record: ConflictRecord,
  slot: Slot,
  { resolveWithinMs, reads = [] }: { readonly resolveWithinMs: number; readonly reads?: readonly Reading[] },
): CommitPart {
  const open = { ...record, slot: slot.key };
  const put = conflictText(open);
  const index = conflictIndex(open);
  const evicted: readonly Write[] =
    slot.evicted === undefined ? [] : [{ key: slot.evicted, expect: "any", delete: "forget" }];
  return {
    reads,
    writes: [
      { key: conflictKey(id), expect: "absent", put, keep: "none", ttlMs: resolveWithinMs, index },
      {
        key: slot.key,
        expect: slot.expect,
        put: JSON.stringify({ conflict: id, origin: record.origin }),
        keep: "none",
      },
      ...evicted,
    ],
    events: [eventOf("detected", id, open)],
  };
}

/** What gives the place of an open conflict back: it is that conflict's for as long as that is open. */
function slotWrites({ slot }: ConflictRecord): readonly Write[] {
  return slot === undefined ? [] : [{ key: slot, expect: "any", delete: "forget" }];
}

/** The part of a commit that resolves an open conflict. */
export function resolvedPart(stored: StoredRecord, record: ConflictRecord, resolution: ConflictResolution): CommitPart {
  const id = conflictIdOf(stored.key);
  const resolved: ConflictRecord = { ...record, state: "resolved", resolution };
  return {
    writes: [{ key: stored.key, expect: { tag: stored.tag }, ...closedAction(resolved) }, ...slotWrites(record)],
    events: [eventOf("resolved", id, resolved)],
  };
}

/** What becomes of an open conflict that nobody has resolved in time. */
export function expiredPart(stored: StoredRecord, record: ConflictRecord): CommitPart & { readonly action: PutAction } {
  const id = conflictIdOf(stored.key);
  const expired: ConflictRecord = { ...record, state: "expired" };
  return {
    action: closedAction(expired),
    writes: slotWrites(record),
    events: [eventOf("expired", id, expired)],
  };
}
