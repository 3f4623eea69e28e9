import type { StoredRecord } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import { expect, test } from "vitest";
import type { LapsedKind } from "../commits/lapsed-kinds.js";
import { formerClaimCause, formerLapsedKeys, lapsedKeys } from "./lapsed-keys.js";
import { type KeyRecord, recordText } from "./record.js";

const keepMs = 600_000;
const answered: KeyRecord = { state: "answered", fingerprint: "f", answer: { status: 200, headers: {}, body: "{}" } };
const running: KeyRecord = { state: "running", fingerprint: "f", keepMs, graceMs: keepMs };
const formerlyRunning: KeyRecord = { state: "running", fingerprint: "f", keepMs };

function setUp(kind: LapsedKind) {
  let now = 1_800_000_000_000;
  let tags = 0;
  const store = createMemoryStore({ clock: () => now });
  const put = async (name: string, text: string, cause: string) => {
    const writes = [{ key: kind.prefix + name, expect: "any", put: text, ttlMs: 1_000, keep: "none" }] as const;
    await store.commit({ tag: `t${tags++}`, at: now, reads: [], writes, events: [], by: null, cause });
  };
  /** The names of those that are forgotten. */
  const endings = async (records?: readonly StoredRecord[]) => {
    const page = await store.list({ lapsedBefore: now + 1, limit: 100, texts: false });
    const ended = await kind.endingsOf(records ?? page.records, { store, now });
    return ended.map(({ record }) => record.key.slice(kind.prefix.length));
  };
  const advance = (ms: number): void => {
    now += ms;
  };
  const lapsed = async () => (await store.list({ lapsedBefore: now + 1, limit: 100, texts: false })).records;
  return { put, endings, lapsed, advance };
}

test.each([
  ["", lapsedKeys],
  [", where earlier releases put it", formerLapsedKeys],
])("what has lapsed is forgotten%s: answers, failures, and requests that were never answered", async (_, kind) => {
  const { put, endings, advance } = setUp(kind);
  await put("answer", recordText(answered), "answer");
  await put("failure", recordText({ state: "unanswered", fingerprint: "f" }), "answer");
  await put("run", recordText(running), "run");
  advance(1_000);
  expect((await endings()).toSorted()).toEqual(["answer", "failure", "run"]);
});

test("an earlier release's claim is needed, lapsed, for as long as an answer would have been kept", async () => {
  const { put, endings, advance } = setUp(formerLapsedKeys);
  await put("former", recordText(formerlyRunning), formerClaimCause);
  advance(keepMs - 1);
  expect(await endings()).toEqual([]);
  advance(1);
  expect(await endings()).toEqual(["former"]);
});

test("an earlier release's claim that is in use again, or can't be read, is left", async () => {
  const { put, endings, lapsed, advance } = setUp(formerLapsedKeys);
  await put("former", recordText(formerlyRunning), formerClaimCause);
  await put("newer", '{"format":2}', formerClaimCause);
  advance(keepMs);
  const found = await lapsed();
  await put("former", recordText(formerlyRunning), formerClaimCause);
  expect(await endings(found)).toEqual([]);
});
