import { describe, expect, it } from "vitest";
import { assertBudget, assertCommit, assertHistoryRequest, assertKeys, assertRange } from "./misuse.js";
import type { Commit, HistoryRequest, NewEvent, Reading, Write } from "./port.js";
import type { Range } from "./range.js";

const plain: Commit = { tag: "t".repeat(16), at: 1, reads: [], writes: [], events: [], by: null, cause: "replace" };
const put: Write = { key: "a/1", expect: "any", put: "{}" };
const writing = (...writes: readonly Write[]): Commit => ({ ...plain, writes });
const reading = (...reads: readonly Reading[]): Commit => ({ ...plain, reads });
const telling = (...events: readonly NewEvent[]): Commit => ({ ...plain, events });

// What JavaScript callers could pass although no type allows it.
function untyped<T>(value: unknown): T {
  return JSON.parse(JSON.stringify(value));
}

const longestKey = `a/${"é".repeat(511)}`;

describe("assertKeys", () => {
  const good: Record<string, readonly string[]> = {
    "no key at all": [],
    "256 keys": Array.from({ length: 256 }, (_, n) => `a/${n}`),
    "a key without a slash": ["a"],
    "a key of 1,024 bytes": [longestKey],
    "names that objects have": ["__proto__", "a/constructor"],
    "an astral character": ["a/😀"],
  };
  it.each(Object.entries(good))("takes %s", (_, keys) => {
    expect(() => assertKeys(keys)).not.toThrow();
  });

  const bad: Record<string, readonly string[]> = {
    "257 keys": Array.from({ length: 257 }, (_, n) => `a/${n}`),
    "an empty key": [""],
    "a key of 1,025 bytes": [`${longestKey}a`],
    "an ASCII key of 1,025 bytes": ["a".repeat(1_025)],
    "an astral key of 1,028 bytes": ["😀".repeat(257)],
    "NUL in a key": ["a/\u0000"],
    "a line break in a key": ["a/\n"],
    "DEL in a key": ["a/\u007f"],
    "a C1 control character in a key": ["a/\u0085"],
    "half a surrogate pair in a key": ["a/\ud800"],
  };
  it.each(Object.entries(bad))("refuses %s", (_, keys) => {
    expect(() => assertKeys(keys)).toThrow(TypeError);
  });

  it("shows the key, cut short, in its message", () => {
    expect(() => assertKeys(["a\nb"])).toThrow('without control characters: "a\\nb".');
    expect(() => assertKeys(["a".repeat(2_000)])).toThrow(`"${"a".repeat(80)}…".`);
  });
});

describe("assertCommit", () => {
  const indexed = (name: string, value: string): Commit => writing({ ...put, index: [{ name, value }] });
  const good: Record<string, Commit> = {
    "a commit of nothing": plain,
    "two keys": writing(put, { ...put, key: "a/2" }),
    "a ttl of 1 ms": writing({ ...put, ttlMs: 1 }),
    "each way to keep": writing(
      { ...put, keep: "all" },
      { ...put, key: "a/2", keep: "none" },
      { ...put, key: "a/3", keep: { count: 0 } },
      { ...put, key: "a/4", keep: { ageMs: 5 } },
    ),
    "an index value of 512 bytes": indexed("email", `\u0001${"a".repeat(511)}`),
    "an empty index value": indexed("email", ""),
    "each expectation": reading(
      { key: "a/1", expect: "absent" },
      { key: "a/1", expect: "present" },
      { key: "a/1", expect: { tag: "a" } },
      { key: "a/1", expect: { gone: "-_" } },
      { key: "a/1", expect: { lapsed: "a".repeat(64) } },
    ),
    "a prefix that was read": reading({ range: { prefix: "a/", limit: 1 }, seen: [] }),
    "a prefix that was read downwards": reading({ range: { prefix: "a/", limit: 1, descending: true }, seen: [] }),
    "event data of 8,192 bytes": telling({ type: "x", key: "a/1", data: `"${"é".repeat(4_095)}"` }),
  };
  it.each(Object.entries(good))("takes %s", (_, commit) => {
    expect(() => assertCommit(commit)).not.toThrow();
  });

  const bad: Record<string, Commit> = {
    "a fractional time": { ...plain, at: 1.5 },
    "a time beyond 2^53": { ...plain, at: 2 ** 53 },
    "a malformed key to write": writing({ ...put, key: "" }),
    "a malformed key to read": reading({ key: "\u0001", expect: "any" }),
    "a key that is written twice": writing(put, { key: "a/1", expect: "any", delete: "forget" }),
    "a key that is written twice among others": writing(put, { ...put, key: "a/2" }, put),
    "an unknown expectation": writing({ ...put, expect: untyped("alive") }),
    "an expectation without a tag": reading({ key: "a/1", expect: untyped({ version: 1 }) }),
    "an unknown way to delete": writing({ key: "a/1", expect: "any", delete: untyped("purge") }),
    "a ttl of 0": writing({ ...put, ttlMs: 0 }),
    "a fractional ttl": writing({ ...put, ttlMs: 0.5 }),
    "an endless ttl": writing({ ...put, ttlMs: Number.POSITIVE_INFINITY }),
    "an extension of -1": writing({ key: "a/1", expect: "any", extendMs: -1 }),
    "an extension by NaN": writing({ key: "a/1", expect: "any", extendMs: Number.NaN }),
    "a redaction of version 0": writing({ key: "a/1", expect: "any", redact: "{}", version: 0 }),
    "a retention without a bound": writing({ ...put, keep: {} }),
    "a negative count": writing({ ...put, keep: { count: -1 } }),
    "a fractional age": writing({ ...put, keep: { ageMs: 0.1 } }),
    "an index without a name": indexed("", "a"),
    "an index value of 513 bytes": indexed("email", `${"a".repeat(511)}é`),
    "NUL in an index value": indexed("email", "a\u0000"),
    "an index name of 129 bytes": indexed("a".repeat(129), "a"),
    "33 index values": writing({
      ...put,
      index: Array.from({ length: 33 }, (_, n) => ({ name: "n", value: `${n}` })),
    }),
    "a time before 1970": { ...plain, at: -1 },
    "an empty tag": { ...plain, tag: "" },
    "a tag that would need escaping": { ...plain, tag: "a|b" },
    "a tag of 65 characters": { ...plain, tag: "a".repeat(65) },
    "an expected tag with NUL": reading({ key: "a/1", expect: { tag: "a\u0000" } }),
    "a seen tag with a space": reading({ range: { prefix: "a/", limit: 1 }, seen: [{ key: "a/1", tag: "a b" }] }),
    "more records seen than the limit": reading({
      range: { prefix: "a/", limit: 1 },
      seen: [
        { key: "a/1", tag: "a" },
        { key: "a/2", tag: "a" },
      ],
    }),
    "NUL in a text": writing({ ...put, put: "\u0000" }),
    "half a surrogate pair in a text": writing({ ...put, put: '"\ud800"' }),
    "NUL in a redaction": writing({ key: "a/1", expect: "any", redact: "\u0000", version: 1 }),
    "NUL in who acts": { ...plain, by: "a\u0000" },
    "half a surrogate pair in a cause": { ...plain, cause: "\udc00" },
    "NUL in an event's type": telling({ type: "\u0000", key: "a/1" }),
    "NUL in an event's data": telling({ type: "x", key: "a/1", data: "\u0000" }),
    "257 writes": writing(...Array.from({ length: 257 }, (_, n) => ({ ...put, key: `a/${n}` }))),
    "513 readings": reading(...Array.from({ length: 513 }, (_, n) => ({ key: `a/${n}`, expect: "any" as const }))),
    "257 events": telling(...Array.from({ length: 257 }, () => ({ type: "x", key: "a/1" }))),
    "a ttl of more than 100 years": writing({ ...put, ttlMs: 3_155_760_000_001 }),
    "an age of more than 100 years": writing({ ...put, keep: { ageMs: 3_155_760_000_001 } }),
    "half a surrogate pair in an index value": indexed("email", "\udc00"),
    "an index that was read": reading({ range: { index: "email", from: "a", to: "b", limit: 1 }, seen: [] }),
    "lapsed records that were read": reading({ range: { lapsedBefore: 1, limit: 1 }, seen: [] }),
    "a prefix without a limit": reading({ range: { prefix: "a/", limit: 0 }, seen: [] }),
    "an event about a malformed key": telling({ type: "x", key: "" }),
    "event data of 8,193 bytes": telling({ type: "x", key: "a/1", data: `"${"é".repeat(4_095)}a"` }),
  };
  it.each(Object.entries(bad))("refuses %s", (_, commit) => {
    expect(() => assertCommit(commit)).toThrow(TypeError);
  });
});

describe("assertRange", () => {
  const good: Record<string, Range> = {
    "a prefix with the largest limit": { prefix: "a/b/", limit: 1_000 },
    "a prefix with few bytes of texts": { prefix: "a/b/", limit: 1, textBytesMax: 1 },
    "an index with empty bounds": { index: "email", from: "", to: "", limit: 1 },
    "the lapsed": { lapsedBefore: 0, limit: 1 },
    "a prefix downwards": { prefix: "a/", descending: true, limit: 1 },
    "an index that is said to be ascending": { index: "email", from: "a", to: "b", descending: false, limit: 1 },
  };
  it.each(Object.entries(good))("takes %s", (_, range) => {
    expect(() => assertRange(range)).not.toThrow();
  });

  const bad: Record<string, Range> = {
    "a limit of 0": { prefix: "a/", limit: 0 },
    "a limit of 1,001": { prefix: "a/", limit: 1_001 },
    "a fractional limit": { prefix: "a/", limit: 1.5 },
    "no bytes of texts": { prefix: "a/", limit: 1, textBytesMax: 0 },
    "half a byte of texts": { prefix: "a/", limit: 1, textBytesMax: 0.5 },
    "a prefix without its slash": { prefix: "a", limit: 1 },
    "an empty prefix": { prefix: "", limit: 1 },
    "a prefix with a control character": { prefix: "a\u0000/", limit: 1 },
    "an index without a name": { index: "", from: "a", to: "b", limit: 1 },
    "a bound that is too long": { index: "email", from: "a", to: "b".repeat(1_025), limit: 1 },
    "a moment that is none": { lapsedBefore: Number.NaN, limit: 1 },
    "a direction that is none": { prefix: "a/", limit: 1, descending: untyped("desc") },
    "null for a direction": { index: "email", from: "a", to: "b", limit: 1, descending: untyped(null) },
    "the lapsed downwards": untyped({ lapsedBefore: 0, limit: 1, descending: true }),
  };
  it.each(Object.entries(bad))("refuses %s", (_, range) => {
    expect(() => assertRange(range)).toThrow(TypeError);
  });
});

describe("assertHistoryRequest", () => {
  const request: HistoryRequest = { limit: 1_000, texts: true };
  it("takes a version and a moment to go back from", () => {
    expect(() => assertHistoryRequest("a/1", { ...request, before: 3, at: 0 })).not.toThrow();
  });

  const bad: Record<string, HistoryRequest> = {
    "a limit of 0": { ...request, limit: 0 },
    "a limit of 1,001": { ...request, limit: 1_001 },
    "a fractional version": { ...request, before: 1.5 },
    "a moment that is none": { ...request, at: Number.NaN },
  };
  it.each(Object.entries(bad))("refuses %s", (_, wrong) => {
    expect(() => assertHistoryRequest("a/1", wrong)).toThrow(TypeError);
  });

  it("refuses a malformed key", () => {
    expect(() => assertHistoryRequest("", request)).toThrow(TypeError);
  });
});

describe("assertBudget", () => {
  it("takes whole numbers from 1", () => {
    expect(() => assertBudget(1)).not.toThrow();
    expect(() => assertBudget(500)).not.toThrow();
  });
  it.each([0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])("refuses %d", (budget) => {
    expect(() => assertBudget(budget)).toThrow(TypeError);
  });
});
