import type { StoredRecord } from "@unclash/core/store";
import { expect, test } from "vitest";
import { refusalResponse } from "../http/responses.js";
import { type KeptAnswer, type KeyRecord, recordText } from "./record.js";
import { evaluateKey, type KeyVerdict, keyRefusal, replayedAnswer } from "./replay.js";

const now = 1_000_000;
const answer: KeptAnswer = { status: 201, headers: { etag: '"1-a"', "content-length": "2" }, body: "{}" };
const running: KeyRecord = { state: "running", fingerprint: "f", keepMs: 10_000, graceMs: 10_000 };
/** Of a release whose claims lapse as their lease ends. */
const formerlyRunning: KeyRecord = { state: "running", fingerprint: "f", keepMs: 10_000 };
const failed: KeyRecord = { state: "unanswered", fingerprint: "f" };
const answered: KeyRecord = { state: "answered", fingerprint: "f", answer };

function stored(record: KeyRecord, more: Partial<StoredRecord> = {}): StoredRecord {
  const moments = { createdAt: now, modifiedAt: now };
  const state = { key: "_idempotency/x", version: 1, revision: 1, tag: "t", by: null, cause: "create", ...moments };
  return { ...state, text: recordText(record), ...more };
}

test.each<[what: string, found: StoredRecord | undefined, fingerprint: string, verdict: KeyVerdict]>([
  ["nothing", undefined, "f", { kind: "unused", expect: "absent" }],
  ["an answer", stored(answered), "f", { kind: "answered", answer }],
  ["an answer to another request", stored(answered), "g", { kind: "reused" }],
  ["an answer that lapsed", stored(answered, { lapsed: true }), "g", { kind: "unused", expect: { lapsed: "t" } }],
  ["one that failed", stored(failed), "f", { kind: "abandoned", expect: { tag: "t" } }],
  ["another that failed", stored(failed), "g", { kind: "reused" }],
  ["one that failed long ago", stored(failed, { lapsed: true }), "f", { kind: "unused", expect: { lapsed: "t" } }],
  ["a running request", stored(running, { lapsesAt: now + 10_001 }), "f", { kind: "running" }],
  ["another running request", stored(running, { lapsesAt: now + 10_001 }), "g", { kind: "reused" }],
  [
    "one whose lease has ended",
    stored(running, { lapsesAt: now + 10_000 }),
    "f",
    { kind: "abandoned", expect: { tag: "t" } },
  ],
  ["another whose lease has ended", stored(running, { lapsesAt: now + 10_000 }), "g", { kind: "reused" }],
  [
    "one whose lease ended long ago",
    stored(running, { lapsed: true, lapsesAt: now }),
    "g",
    { kind: "unused", expect: { lapsed: "t" } },
  ],
  ["an earlier release's", stored(formerlyRunning, { lapsesAt: now + 1 }), "f", { kind: "running" }],
  [
    "an earlier release's, whose process died",
    stored(formerlyRunning, { lapsed: true }),
    "f",
    { kind: "abandoned", expect: { lapsed: "t" } },
  ],
  ["another one of an earlier release's", stored(formerlyRunning, { lapsed: true }), "g", { kind: "reused" }],
  [
    "an earlier release's, whose process died before anything is still remembered of",
    stored(formerlyRunning, { lapsed: true, modifiedAt: now - 10_000 }),
    "g",
    { kind: "unused", expect: { lapsed: "t" } },
  ],
  [
    "an earlier release's, long, that still runs",
    stored(formerlyRunning, { lapsesAt: now + 1, modifiedAt: now - 10_000 }),
    "f",
    { kind: "running" },
  ],
  ["a tombstone", stored(answered, { deleted: true, text: null }), "f", { kind: "unused", expect: { gone: "t" } }],
])("of a key is known: %s", (_, found, fingerprint, verdict) => {
  expect(evaluateKey(found, now, fingerprint)).toEqual(verdict);
});

test("a key that may not run is refused: 422 where it came with another request, else 409", () => {
  const asked = { instance: "/articles", settings: { problemTypePrefix: "urn:x:" } };
  const answerTo = (verdict: Parameters<typeof keyRefusal>[0]) => refusalResponse(asked, keyRefusal(verdict).refusal);
  expect(answerTo({ kind: "reused" })).toMatchObject({ status: 422, outcome: "idempotency-key-reused" });
  const waiting = answerTo({ kind: "running" });
  expect(waiting).toMatchObject({ status: 409, headers: { "retry-after": "1", "cache-control": "no-store" } });
  const lost = answerTo({ kind: "abandoned", expect: { lapsed: "t" } });
  expect(lost).toMatchObject({ status: 409, outcome: "idempotency-in-progress" });
  expect(lost.headers).not.toHaveProperty("retry-after");
  expect(JSON.parse(lost.body ?? "")).toMatchObject({ type: "urn:x:idempotency-in-progress", outcome: "unknown" });
});

test("an answer is given again as it was, marked as such behind its own headers", () => {
  const again = replayedAnswer(answer);
  expect(again).toEqual({
    ...answer,
    headers: { ...answer.headers, "idempotency-replayed": "true" },
    outcome: "replayed",
  });
  expect(Object.keys(again.headers)).toEqual(["etag", "content-length", "idempotency-replayed"]);
});

test("an answer whose content was too large to keep says nothing of any", () => {
  const headers = { etag: '"1-a"', "content-type": "text/csv", "content-length": "9000000" };
  expect(replayedAnswer({ status: 200, headers, body: null, withoutBody: true })).toMatchObject({
    status: 200,
    headers: { etag: '"1-a"', "idempotency-replayed": "true", "content-length": "0" },
    body: null,
  });
});
