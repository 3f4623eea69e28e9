import assert from "node:assert/strict";
import type {
  Clash,
  Commit,
  CommitResult,
  Expectation,
  HistoryRequest,
  Key,
  Moment,
  Store,
  StoredRecord,
  Tag,
  Write,
} from "@unclash/core/store";

let tags = 0;

/** A tag that no one else has: 16 characters of base64url, as the engine makes them. */
export function nextTag(): Tag {
  tags++;
  return `suite${String(tags).padStart(11, "0")}`;
}

/** The store's time. */
export async function timeOf(store: Store): Promise<Moment> {
  const { now } = await store.read([]);
  return now;
}

/** What is read under one key. */
export async function readOne(store: Store, key: Key): Promise<StoredRecord | undefined> {
  const { records } = await store.read([key]);
  assert.equal(records.length, 1, "a read gives one entry for each key");
  return records[0];
}

/** What is read under one key, where something is. */
export async function readThere(store: Store, key: Key): Promise<StoredRecord> {
  const record = await readOne(store, key);
  assert(record !== undefined, `there is something under ${key}`);
  return record;
}

/** Commits, with a tag of its own and the time that the port asks for, unless the draft says otherwise. */
export async function submit(store: Store, draft: Partial<Commit>): Promise<CommitResult> {
  const { now, records } = await store.read((draft.writes ?? []).map(({ key }) => key));
  const at = records.reduce((latest, record) => Math.max(latest, (record?.modifiedAt ?? 0) + 1), now);
  return store.commit({ tag: nextTag(), at, reads: [], writes: [], events: [], by: "suite", cause: "test", ...draft });
}

/** Commits what must not clash. Gives the records that were written. */
export async function apply(store: Store, draft: Partial<Commit>): Promise<readonly (StoredRecord | null)[]> {
  const result = await submit(store, draft);
  if (result.kind === "clash")
    assert.fail(`this commit clashes with nothing, but got ${JSON.stringify(result.clashes)}`);
  assert.equal(result.records.length, draft.writes?.length ?? 0, "a commit gives one record for each write");
  return result.records;
}

/** Carries out one write that must not clash and leaves a record. */
export async function write(store: Store, one: Write): Promise<StoredRecord> {
  const [record] = await apply(store, { writes: [one] });
  assert(record !== null && record !== undefined, `the write of ${one.key} gives a record`);
  return record;
}

/** Puts a record, whatever is there. */
export function put(
  store: Store,
  key: Key,
  options: Partial<Extract<Write, { put: unknown }>> = {},
): Promise<StoredRecord> {
  return write(store, { expect: "any", put: "{}", ...options, key });
}

/** Commits events alone, of this type, about these keys. */
export async function tell(store: Store, type: string, ...keys: readonly Key[]): Promise<void> {
  await apply(store, { events: keys.map((key) => ({ type, key })) });
}

/** Leaves a tombstone. */
export function bury(store: Store, key: Key): Promise<StoredRecord> {
  return write(store, { key, expect: "any", delete: "tombstone" });
}

/** Leaves nothing. */
export async function forget(store: Store, key: Key): Promise<void> {
  const records = await apply(store, { writes: [{ key, expect: "any", delete: "forget" }] });
  assert.deepEqual(records, [null], "what is forgotten gives null");
}

/** Puts a record that lapses soon. `until` then says when. */
export async function putBriefly(
  store: Store,
  key: Key,
  options: Partial<Extract<Write, { put: unknown }>> = {},
): Promise<StoredRecord & { readonly lapsesAt: Moment }> {
  const { lapsesAt, ...record } = await put(store, key, { ttlMs: 5, ...options });
  assert(lapsesAt !== undefined, "a record that was put with a ttl says when it lapses");
  return { ...record, lapsesAt };
}

/** Commits what must clash, shows that it left the keys as they were, and gives the clashes. */
export async function refuse(store: Store, draft: Partial<Commit>): Promise<readonly Clash[]> {
  const keys = (draft.writes ?? []).map(({ key }) => key);
  const { records: before } = await store.read(keys);
  const result = await submit(store, draft);
  if (result.kind === "committed") assert.fail(`this commit clashes, but wrote ${JSON.stringify(result.records)}`);
  const { records: after } = await store.read(keys);
  assert.deepEqual(after, before, "a commit that clashes writes nothing");
  return result.clashes;
}

/** Shows that exactly these clashes were named, in any order. */
export function assertClashes(actual: readonly Clash[], expected: readonly Clash[]): void {
  assert.deepEqual(sorted(actual), sorted(expected));
}

/** The clash of a key whose expectation failed, as the store names it now: its record without the text. */
export async function clashOn(store: Store, key: Key): Promise<Clash> {
  const current = await readOne(store, key);
  return current === undefined ? { key } : { key, current: { ...current, text: null } };
}

/** All states of a key, or those that were asked for, the newest first. */
export async function statesOf(
  store: Store,
  key: Key,
  request: Partial<HistoryRequest> = {},
): Promise<readonly StoredRecord[]> {
  const { records } = await store.history(key, { limit: 1_000, texts: true, ...request });
  return records;
}

/** The versions of these states. */
export function versionsOf(records: readonly StoredRecord[]): readonly number[] {
  return records.map(({ version }) => version);
}

/** The keys of these records. */
export function keysOf(records: readonly StoredRecord[]): readonly Key[] {
  return records.map(({ key }) => key);
}

/** The key as it must be found to be written over: absent, its tombstone, or the living record. */
export function asItIs(record: StoredRecord | undefined): Expectation {
  if (record === undefined) return "absent";
  if (record.deleted) return { gone: record.tag };
  return record.lapsed ? { lapsed: record.tag } : { tag: record.tag };
}

/** Cleans until nothing is left to clean, and says how much was. */
export async function cleanAll(store: Store): Promise<number> {
  let removed = 0;
  for (let steps = 0; steps < 1_000; steps++) {
    const step = await store.clean(500);
    removed += step.removed;
    if (!step.more) return removed;
  }
  assert.fail("the steps of cleaning end");
}

function sorted(clashes: readonly Clash[]): readonly Clash[] {
  const order = (clash: Clash): string =>
    "range" in clash ? JSON.stringify(clash.range) : "index" in clash ? `${clash.key} ${clash.index}` : clash.key;
  return [...clashes].sort((a, b) => (order(a) < order(b) ? -1 : 1));
}
