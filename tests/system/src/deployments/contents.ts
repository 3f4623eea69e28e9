import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { Key, Store, StoredEvent, StoredRecord, Write } from "@unclash/core/store";

const names = ["kept", "counted", "bare", "lapsing", "lapsed", "deleted", "forgotten", "redacted", "valued"];
const folders = ["before", "after", "both"];

/** All keys that {@link fill} writes. */
const allKeys: readonly Key[] = folders.flatMap((folder) => names.map((name) => `${folder}/${name}`));

/** Writes something of every kind into a folder, over whatever is there, and returns once what is to lapse has. */
export async function fill(store: Store, folder: string): Promise<void> {
  const key = (name: string): Key => `${folder}/${name}`;
  const put = (name: string, text: string, rest: Partial<Extract<Write, { put: unknown }>> = {}): Write => ({
    expect: "any",
    put: text,
    ...rest,
    key: key(name),
  });
  const shared = { name: "shared", value: "same" };
  for (const text of ['"1"', '{"b":1,"a":[]}', "9007199254740993"]) {
    await commit(store, [
      put("kept", text),
      put("counted", text, { keep: { count: 1 } }),
      put("bare", text, { keep: "none", index: [shared] }),
      put("lapsing", text, { ttlMs: 3_600_000, keep: { ageMs: 3_600_000 } }),
      put("lapsed", text, { ttlMs: 1 }),
      put("deleted", text),
      put("forgotten", text),
      put("redacted", text),
      put("valued", text, { index: [shared, { name: "sole", value: `${folder}'s`, unique: true }] }),
    ]);
  }
  // The shortest way to commit: one put over a tag, with one event.
  const { tag } = await there(store, key("kept"));
  await commit(store, [{ key: key("kept"), expect: { tag }, put: '"over"' }]);
  await commit(store, [
    { key: key("deleted"), expect: "any", delete: "tombstone" },
    { key: key("forgotten"), expect: "any", delete: "forget" },
    { key: key("lapsing"), expect: "present", extendMs: 7_200_000 },
  ]);
  const { version } = await there(store, key("redacted"));
  await commit(store, [{ key: key("redacted"), expect: "present", redact: "null", version: version - 1 }]);
  while (!(await hasLapsed(store, key("lapsed")))) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** All that a store shows of what was filled in: each call that reads, and the events. */
export async function everythingIn(store: Store) {
  const { now, records } = await store.read(allKeys);
  const ranges = [
    ...folders.map((folder) => ({ prefix: `${folder}/` })),
    ...["shared", "sole"].map((index) => ({ index, from: "", to: "\u{10ffff}" })),
    { lapsedBefore: now },
  ];
  const lists = await Promise.all(ranges.map((range) => store.list({ ...range, limit: 100 })));
  const histories = await Promise.all(allKeys.map((key) => store.history(key, { limit: 100, texts: true })));
  return {
    records,
    lists: lists.map((page) => page.records),
    histories: histories.map((page) => page.records),
    events: await eventsOf(store),
  };
}

async function commit(store: Store, writes: readonly Write[], type = "written"): Promise<void> {
  const { now } = await store.read([]);
  const tag = randomBytes(12).toString("base64url");
  const events = writes.map(({ key }) => ({ type, key, data: '"é"' }));
  const header = { tag, at: now, by: "é", cause: "test" };
  const result = await store.commit({ ...header, reads: [{ key: "none", expect: "absent" }], writes, events });
  assert.equal(result.kind, "committed", JSON.stringify(result));
}

/** Whether it is among what has lapsed before now: in the very millisecond of its end it is not yet. */
async function hasLapsed(store: Store, key: Key): Promise<boolean> {
  const { now, records } = await store.read([key]);
  return (records[0]?.lapsesAt ?? now) < now;
}

async function there(store: Store, key: Key): Promise<StoredRecord> {
  const [record] = (await store.read([key])).records;
  assert(record !== undefined, `there is something under ${key}`);
  return record;
}

// Up to a mark that is set for it.
async function eventsOf(store: Store): Promise<readonly StoredEvent[]> {
  const type = `mark ${randomBytes(6).toString("hex")}`;
  await commit(store, [{ key: "mark", expect: "any", put: "{}", keep: "none" }], type);
  const events: StoredEvent[] = [];
  for await (const event of store.follow("start", new AbortController().signal)) {
    if ("reset" in event) continue;
    if (event.type === type) break;
    if (!event.type.startsWith("mark ")) events.push(event);
  }
  return events;
}
