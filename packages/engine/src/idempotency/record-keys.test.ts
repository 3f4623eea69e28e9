import type { StoredRecord } from "@unclash/core/store";
import { expect, test } from "vitest";
import { findRecord, recordKeys } from "./record-keys.js";

const keys = recordKeys("hash");
const moments = { createdAt: 1, modifiedAt: 1 };
const stored = { version: 1, revision: 1, tag: "t", by: null, cause: "answer", text: "{}", ...moments };

const states = {
  absent: undefined,
  gone: { ...stored, deleted: true },
  lapsed: { ...stored, lapsed: true },
  living: stored,
} as const satisfies Readonly<Record<string, Omit<StoredRecord, "key"> | undefined>>;

type Named = keyof typeof states;

const at = (key: string, state: Named): StoredRecord | undefined => states[state] && { key, ...states[state] };

test("a record's keys begin with _ today, and did not before", () => {
  expect(keys).toEqual({ key: "_idempotency/hash", former: "idempotency/hash" });
});

test.each<[atKey: Named, atFormer: Named, found: keyof typeof keys]>([
  ["absent", "absent", "key"],
  ["absent", "gone", "key"],
  ["absent", "lapsed", "former"],
  ["absent", "living", "former"],
  ["gone", "absent", "key"],
  ["gone", "gone", "key"],
  ["gone", "lapsed", "former"],
  ["gone", "living", "former"],
  ["lapsed", "absent", "key"],
  ["lapsed", "gone", "key"],
  ["lapsed", "lapsed", "key"],
  ["lapsed", "living", "former"],
  ["living", "absent", "key"],
  ["living", "gone", "key"],
  ["living", "lapsed", "key"],
  ["living", "living", "key"],
])("where the record is %s, and that of an earlier release %s, the %s counts", (atKey, atFormer, found) => {
  const records = { key: at(keys.key, atKey), former: at(keys.former, atFormer) };
  expect(findRecord(keys, records.key, records.former)).toEqual({ key: keys[found], found: records[found] });
});
