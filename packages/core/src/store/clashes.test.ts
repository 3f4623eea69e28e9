import { expect, test } from "vitest";
import { type CommitView, clashesOf } from "./clashes.js";
import type { Commit, Write } from "./port.js";
import type { Key, StoredRecord, Version } from "./record.js";

const now = 1_000;

function state(key: Key, version: Version, more: Partial<StoredRecord> = {}): StoredRecord {
  const tag = `t${version}`;
  const text = `"${key}"`;
  return {
    key,
    version,
    revision: version,
    tag,
    text,
    createdAt: 1,
    modifiedAt: version,
    by: null,
    cause: "c",
    ...more,
  };
}

// The states of each key, the newest first.
const states: Readonly<Record<Key, readonly StoredRecord[]>> = {
  "a/1": [state("a/1", 3), state("a/1", 2), state("a/1", 1, { deleted: true, text: null })],
  "a/2": [state("a/2", 1, { lapsesAt: now })],
  "a/3": [state("a/3", 2, { deleted: true, text: null }), state("a/3", 1)],
};

const view: CommitView<StoredRecord> = {
  current: (key) => states[key]?.[0],
  version: ({ key }, version) => states[key]?.find((one) => one.version === version),
  page: () => [
    { key: "a/1", tag: "t3" },
    { key: "a/2", tag: "t1" },
  ],
  holders: ({ value }, limit) => (value === "held" ? ["a/1", "a/2"].slice(0, limit) : []),
  recordOf: (current, at) => ({ ...current, text: null, ...(current.lapsesAt === at && { lapsed: true as const }) }),
};

function clashes(commit: Partial<Pick<Commit, "reads" | "writes">>): readonly unknown[] {
  const whole: Commit = { tag: "new", at: now, reads: [], writes: [], events: [], by: null, cause: "c", ...commit };
  return clashesOf(
    whole,
    whole.writes.map(({ key }) => view.current(key)),
    view,
    now,
  );
}

const range = { prefix: "a/", limit: 10 };
const seen = [
  { key: "a/1", tag: "t3" },
  { key: "a/2", tag: "t1" },
];
const index = [{ name: "n", value: "held", unique: true }];

test.each<[string, Write]>([
  ["puts over the tag that is there", { key: "a/1", expect: { tag: "t3" }, put: "1" }],
  ["extends what is alive", { key: "a/1", expect: "any", extendMs: 1 }],
  ["extends what has lapsed", { key: "a/2", expect: { lapsed: "t1" }, extendMs: 1 }],
  ["redacts a past state", { key: "a/1", expect: "any", redact: "1", version: 2 }],
  ["redacts the current state", { key: "a/1", expect: "present", redact: "1", version: 3 }],
])("what %s clashes with nothing", (_, write) => {
  expect(clashes({ writes: [write] })).toEqual([]);
});

test.each<[string, Write, object]>([
  ["puts over another tag", { key: "a/1", expect: { tag: "t2" }, put: "1" }, { current: { tag: "t3", text: null } }],
  ["puts over what has lapsed", { key: "a/2", expect: "present", put: "1" }, { current: { lapsed: true } }],
  ["extends what is not there", { key: "a/9", expect: "any", extendMs: 1 }, {}],
  ["extends a tombstone", { key: "a/3", expect: "any", extendMs: 1 }, { current: { deleted: true } }],
  ["redacts what is not there", { key: "a/9", expect: "any", redact: "1", version: 1 }, { version: 1 }],
  ["redacts a version that is not there", { key: "a/1", expect: "any", redact: "1", version: 4 }, { version: 4 }],
  ["redacts a tombstone of the past", { key: "a/1", expect: "any", redact: "1", version: 1 }, { version: 1 }],
])("what %s clashes", (_, write, clash) => {
  const found = clashes({ writes: [write] });
  expect(found).toEqual([expect.objectContaining({ key: write.key })]);
  expect(found).toMatchObject([clash]);
});

test("an expectation that failed names no version to redact", () => {
  expect(clashes({ writes: [{ key: "a/1", expect: "absent", redact: "1", version: 4 }] })).toEqual([
    { key: "a/1", current: { ...state("a/1", 3), text: null } },
  ]);
});

test("a reading of a range holds while the same records are there, in the same order", () => {
  expect(clashes({ reads: [{ range, seen }] })).toEqual([]);
  expect(clashes({ reads: [{ range, seen: seen.slice(0, 1) }] })).toEqual([{ range }]);
  expect(clashes({ reads: [{ range, seen: [...seen].reverse() }] })).toEqual([{ range }]);
  expect(clashes({ reads: [{ range, seen: seen.map(({ key }) => ({ key, tag: "t3" })) }] })).toEqual([{ range }]);
});

test("every reason is named: readings, then writes, then unique values", () => {
  const reads = [
    { key: "a/9", expect: "present" as const },
    { range, seen: [] },
  ];
  const writes: readonly Write[] = [
    { key: "a/1", expect: "absent", put: "1" },
    { key: "a/4", expect: "absent", put: "1", index },
  ];
  expect(clashes({ reads, writes })).toEqual([
    { key: "a/9" },
    { range },
    { key: "a/1", current: { ...state("a/1", 3), text: null } },
    { index: "n", value: "held", key: "a/4", holder: "a/2" },
  ]);
});
