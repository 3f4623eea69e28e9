/**
 * The port of `Store`, said once more in the simplest way there is: maps and arrays, all of it looked at each time.
 * Nothing here is shared with a store, so that none can have the same mistake.
 */
import type {
  Clash,
  Commit,
  CommitResult,
  Expectation,
  IndexValue,
  Key,
  Moment,
  Range,
  Reading,
  Retention,
  Revision,
  StoredRecord,
  Write,
} from "@unclash/core/store";

/** All that is held under one key. */
export interface Entry {
  /** The oldest first; the last one is the current state. */
  readonly states: readonly StoredRecord[];
  /** What its newest put asked for. */
  readonly keep: Retention;
  readonly index: readonly IndexValue[];
}

/** All that a store holds, its events aside. */
export type World = ReadonlyMap<Key, Entry>;

/** The current state of a key, as it is read at this moment. */
export function currentOf(world: World, key: Key, now: Moment): StoredRecord | undefined {
  const current = world.get(key)?.states.at(-1);
  return current?.lapsesAt !== undefined && current.lapsesAt <= now ? { ...current, lapsed: true } : current;
}

/** All states of a key as they are read at this moment, the newest first. */
export function statesOf(world: World, key: Key, now: Moment): readonly StoredRecord[] {
  const current = currentOf(world, key, now);
  const past = world.get(key)?.states.slice(0, -1) ?? [];
  return current === undefined ? [] : [current, ...past.toReversed()];
}

/** Whether an expectation holds for what is read under its key. */
export function isMet(expect: Expectation, current: StoredRecord | undefined): boolean {
  const alive = current !== undefined && !current.deleted && !current.lapsed;
  if (expect === "any") return true;
  if (expect === "absent") return current === undefined;
  if (expect === "present") return alive;
  if ("tag" in expect) return alive && current.tag === expect.tag;
  if ("gone" in expect) return current?.deleted === true && current.tag === expect.gone;
  return current?.lapsed === true && current.tag === expect.lapsed;
}

/**
 * What a commit does at this moment, and what is there afterwards. `revision` is the one that it gets, if it gets one.
 */
export function carryOut(
  world: World,
  commit: Commit,
  now: Moment,
  revision: Revision,
): { readonly result: CommitResult; readonly world: World } {
  const clashes = [
    ...commit.reads.flatMap((reading) => clashesOfReading(world, reading, now)),
    ...commit.writes.flatMap((write) => clashesOfWrite(world, write, now)),
    ...commit.writes.flatMap((write) => clashesOfValues(world, write, commit)),
  ];
  if (clashes.length > 0) return { result: { kind: "clash", clashes }, world };
  const after = new Map(world);
  const records = commit.writes.map((write) => {
    const entry = after.get(write.key);
    const next = "put" in write || entry !== undefined ? entryAfter(entry, write, commit, now, revision) : undefined;
    if (next === undefined) after.delete(write.key);
    else after.set(write.key, next);
    const version = "redact" in write ? write.version : next?.states.at(-1)?.version;
    return next?.states.find((state) => state.version === version) ?? null;
  });
  return { result: { kind: "committed", records }, world: after };
}

function clashesOfReading(world: World, reading: Reading, now: Moment): readonly Clash[] {
  if ("key" in reading) {
    return isMet(reading.expect, currentOf(world, reading.key, now)) ? [] : [clashOn(world, reading.key, now)];
  }
  const found = inRange(world, reading.range, now).slice(0, reading.range.limit);
  const isSame =
    found.length === reading.seen.length &&
    found.every(({ record: { key, tag } }, at) => reading.seen[at]?.key === key && reading.seen[at].tag === tag);
  return isSame ? [] : [{ range: reading.range }];
}

function clashesOfWrite(world: World, write: Write, now: Moment): readonly Clash[] {
  const { key } = write;
  const current = currentOf(world, key, now);
  if (!isMet(write.expect, current)) return [clashOn(world, key, now)];
  if ("extendMs" in write && (current === undefined || current.deleted)) return [clashOn(world, key, now)];
  if (!("redact" in write)) return [];
  const state = world.get(key)?.states.find(({ version }) => version === write.version);
  return state === undefined || state.deleted ? [{ ...clashOn(world, key, now), version: write.version }] : [];
}

function clashesOfValues(world: World, write: Write, { writes }: Commit): readonly Clash[] {
  if (!("put" in write)) return [];
  const earlier = writes.slice(0, writes.indexOf(write));
  const released = writes.filter((other) => "put" in other || "delete" in other).map(({ key }) => key);
  return (write.index ?? []).flatMap(({ name, value, unique }) => {
    const holds = (index: readonly IndexValue[] = []): boolean =>
      index.some((other) => other.name === name && other.value === value);
    const claimant = earlier.find((other) => "put" in other && holds(other.index));
    const owner = [...world].find(([key, { index }]) => holds(index) && !released.includes(key));
    const holder = claimant?.key ?? owner?.[0];
    return !unique || holder === undefined ? [] : [{ index: name, value, key: write.key, holder }];
  });
}

function clashOn(world: World, key: Key, now: Moment): Extract<Clash, { current?: unknown }> {
  const current = currentOf(world, key, now);
  return current === undefined ? { key } : { key, current: { ...current, text: null } };
}

// What is under a key after a write that clashes with nothing, and that is no deletion of what is not there.
function entryAfter(
  entry: Entry | undefined,
  write: Write,
  { tag, at, by, cause }: Commit,
  now: Moment,
  revision: Revision,
): Entry | undefined {
  const before = entry?.states.at(-1);
  const written = {
    key: write.key,
    version: (before?.version ?? 0) + 1,
    revision,
    tag,
    modifiedAt: before === undefined ? at : Math.max(at, before.modifiedAt + 1),
    by,
    cause,
  };
  if ("put" in write) {
    const createdAt = before === undefined || before.deleted ? at : before.createdAt;
    const lapse = write.ttlMs === undefined ? {} : { lapsesAt: now + write.ttlMs };
    const state: StoredRecord = { ...written, text: write.put, createdAt, ...lapse };
    return { states: [...(entry?.states ?? []), state], keep: write.keep ?? "all", index: write.index ?? [] };
  }
  if (entry === undefined || before === undefined || ("delete" in write && write.delete === "forget")) return undefined;
  if ("delete" in write) {
    const state: StoredRecord = { ...written, text: null, deleted: true, createdAt: before.createdAt };
    return { ...entry, states: [...entry.states, state], index: [] };
  }
  const past = entry.states.slice(0, -1);
  if ("extendMs" in write) return { ...entry, states: [...past, { ...before, lapsesAt: now + write.extendMs }] };
  const redacted = (state: StoredRecord): StoredRecord =>
    state.version === write.version ? { ...state, text: write.redact, tag } : state;
  return { ...entry, states: [...past.map(redacted), redacted(before)] };
}

/** A record in a range: where it stands there, and how it is read. */
export interface Placed {
  readonly place: string | Moment;
  readonly record: StoredRecord;
}

/** All that a range holds at this moment, in its order, its `after` and `limit` not looked at. */
export function inRange(world: World, range: Range, now: Moment): readonly Placed[] {
  const all = [...world].flatMap(([key, { index }]) => {
    const record = currentOf(world, key, now);
    return record === undefined || record.deleted
      ? []
      : placesOf(range, record, index).map((place) => ({ place, record }));
  });
  return all.sort((a, b) => comparePlaces(range, a, b));
}

/** Whether a range is read backwards. */
export function isDescending(range: Range): boolean {
  return !("lapsedBefore" in range) && range.descending === true;
}

function placesOf(range: Range, record: StoredRecord, index: readonly IndexValue[]): readonly (string | Moment)[] {
  if ("prefix" in range) return record.key.slice(0, record.key.lastIndexOf("/") + 1) === range.prefix ? [""] : [];
  if ("lapsedBefore" in range) {
    const { lapsed, lapsesAt } = record;
    return lapsed && lapsesAt !== undefined && lapsesAt < range.lapsedBefore ? [lapsesAt] : [];
  }
  const values = index.filter(({ name }) => name === range.index).map(({ value }) => value);
  return values.filter((value) => compareBytes(range.from, value) <= 0 && compareBytes(value, range.to) <= 0);
}

/** The order of a range: by place, then key, texts as bytes of UTF-8; or the reverse. */
export function comparePlaces(range: Range, a: Placed, b: Placed): number {
  return isDescending(range) ? ascending(b, a) : ascending(a, b);
}

function ascending(a: Placed, b: Placed): number {
  const byPlace =
    typeof a.place === "number" && typeof b.place === "number"
      ? a.place - b.place
      : compareBytes(String(a.place), String(b.place));
  return byPlace || compareBytes(a.record.key, b.record.key);
}

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** The versions that retention asks for at this moment, the current one among them: these must be there. */
export function keptVersions({ states, keep }: Entry, now: Moment): ReadonlySet<number> {
  return new Set(states.filter((_, at) => isKept(states, at, keep, now)).map(({ version }) => version));
}

function isKept(states: Entry["states"], at: number, keep: Retention, now: Moment): boolean {
  const next = states[at + 1];
  if (next === undefined || keep === "all") return true;
  if (keep === "none") return false;
  const isNew = states.length - 1 - at <= (keep.count ?? 0);
  // A state was current until the next one was written.
  return isNew || (keep.ageMs !== undefined && next.modifiedAt > now - keep.ageMs);
}
