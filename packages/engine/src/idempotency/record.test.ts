import { isStoreError } from "@unclash/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { isKept, type KeptAnswer, type KeyRecord, readRecord, recordText } from "./record.js";

const answer: KeptAnswer = { status: 201, headers: { etag: '"1-a"', location: "/articles/1" }, body: '{"id":"1"}' };

test.each<[what: string, record: KeyRecord]>([
  ["a running request", { state: "running", fingerprint: "f", keepMs: 1_000, graceMs: 1_000 }],
  ["a request that failed", { state: "unanswered", fingerprint: "f" }],
  [
    "an answer whose content is in the history",
    { state: "answered", fingerprint: "f", answer: { ...answer, body: null, shows: "articles/1", version: 3 } },
  ],
  ["an answer", { state: "answered", fingerprint: "f", answer }],
  ["an answer that shows a state", { state: "answered", fingerprint: "f", answer: { ...answer, shows: "articles/1" } }],
  ["an answer without content", { state: "answered", fingerprint: "f", answer: { ...answer, body: null } }],
  ["empty text", { state: "answered", fingerprint: "f", answer: { ...answer, body: "" } }],
  ["bytes", { state: "answered", fingerprint: "f", answer: { ...answer, body: Buffer.from([0, 255, 128]) } }],
  [
    "what no store could keep as it is",
    { state: "answered", fingerprint: "f", answer: { ...answer, body: "\0\ud800" } },
  ],
  [
    "content that was too large",
    { state: "answered", fingerprint: "f", answer: { ...answer, body: null, withoutBody: true } },
  ],
  [
    "headers of several lines",
    { state: "answered", fingerprint: "f", answer: { ...answer, headers: { "set-cookie": ["a=b", "c=d"] } } },
  ],
])("%s comes back as it was", (_, record) => {
  const text = recordText(record);
  expect(readRecord(text)).toEqual(record);
  expect(text.isWellFormed() && !text.includes("\0")).toBe(true);
});

test("what an earlier release reads in the record of a running request is there, and what it wrote is read", () => {
  const text = recordText({ state: "running", fingerprint: "f", keepMs: 1_000, graceMs: 2_000 });
  expect(JSON.parse(text)).toMatchObject({ format: 1, state: "running", fingerprint: "f", keepMs: 1_000 });
  const former = '{"format":1,"state":"running","fingerprint":"f","keepMs":1000}';
  expect(readRecord(former)).toEqual({ state: "running", fingerprint: "f", keepMs: 1_000 });
});

test("the order of headers comes back, and what is about a connection or a moment does not", () => {
  const headers = {
    vary: "a",
    date: "now",
    etag: "b",
    connection: "close",
    "transfer-encoding": "chunked",
    allow: "c",
  };
  const read = readRecord(recordText({ state: "answered", fingerprint: "f", answer: { ...answer, headers } }));
  expect(read.state === "answered" && Object.keys(read.answer.headers)).toEqual(["vary", "etag", "allow"]);
});

test.each([
  null,
  "",
  "null",
  "[]",
  '"running"',
  "{}",
  '{"format":1,"state":"running","fingerprint":"f"}',
  '{"format":2,"state":"running","fingerprint":"f","keepMs":1}',
  '{"format":1,"state":"done","fingerprint":"f","status":200,"headers":[]}',
  '{"format":1,"state":"answered","fingerprint":1,"status":200,"headers":[]}',
  '{"format":1,"state":"answered","fingerprint":"f","headers":[]}',
  '{"format":1,"state":"answered","fingerprint":"f","status":200,"headers":{}}',
  '{"format":1,"state":"answered","fingerprint":"f","status":200,"headers":[["a",1]]}',
  '{"format":1,"state":"answered","fingerprint":"f","status":200,"headers":[["a",[1]]]}',
  '{"format":1,"state":"answered","fingerprint":"f","status":200,"headers":["a"]}',
])("%j is no record, and says so as the store's fault", (text) => {
  expect(() => readRecord(text)).toThrow(
    expect.objectContaining({ code: "ERR_UNCLASH_STORE", outcome: "not-applied" }),
  );
});

test("any text at all is a record or the store's fault", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      try {
        readRecord(text);
      } catch (thrown) {
        expect(isStoreError(thrown)).toBe(true);
      }
    }),
  );
});

test("refusals of this moment and failures are not kept", () => {
  for (const status of [401, 403, 423, 429, 500, 503, 599]) expect(isKept(status)).toBe(false);
  for (const status of [200, 201, 204, 400, 404, 409, 410, 412, 422, 428]) expect(isKept(status)).toBe(true);
  for (const outcome of ["lock-expired", "idempotency-in-progress"]) expect(isKept(409, outcome)).toBe(false);
  expect(isKept(409, "version-conflict")).toBe(true);
});
