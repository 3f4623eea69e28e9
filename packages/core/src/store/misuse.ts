import { assertNever } from "../errors.js";
import type { Commit, Expectation, HistoryRequest, IndexValue, Reading, Write } from "./port.js";
import type { Range } from "./range.js";
import type { Key, Retention } from "./record.js";

/** The most keys of one `read`. */
export const readKeysMax = 256;

/** The most records of one page of a range, and the most states of one page of a history. */
export const pageLimitMax = 1_000;

/** A page ends with the record whose text brings its texts to about this many bytes: 8 MiB. */
export const pageBytesMax = 8_388_608;

/** How long an event can be followed at least: 25 hours. */
export const eventAgeMs: number = 25 * 60 * 60 * 1_000;

/** The longest key, in bytes of UTF-8. */
export const keyBytesMax = 1_024;

/** The longest name of an index, in bytes of UTF-8. */
export const indexNameBytesMax = 128;

/** The longest index value, in bytes of UTF-8: with name and key it must fit into a database's index entry. */
export const indexValueBytesMax = 512;

/** The most writes of one commit, and the most events. */
export const commitWritesMax = 256;

/** The most readings of one commit. */
export const commitReadsMax = 512;

/** The most index values of one record. */
export const indexValuesMax = 32;

/** The longest `ttlMs`, `extendMs` and `keep.ageMs`: 100 years. */
export const durationMsMax = 3_155_760_000_000;

/** The longest `data` of an event, in bytes of UTF-8. */
export const eventDataBytesMax = 8_192;

// Tags become parts of keys and of packed fields: nothing in them may need escaping anywhere.
const tagSyntax = /^[\w-]{1,64}$/;

// Control characters, and surrogates without their other half: no UTF-8 can say those.
const unfitForKeys = /[\p{Cc}\p{Cs}]/u;

/**
 * Throws where `keys` cannot be the keys of one `read`. Every store calls it first.
 *
 * @throws TypeError for more than 256 keys, or a key that is empty, over 1,024 bytes of UTF-8, not well-formed Unicode
 *   or holds a control character.
 */
export function assertKeys(keys: readonly Key[]): void {
  if (keys.length > readKeysMax) misuse(`A read has at most ${readKeysMax} keys, not ${keys.length}.`);
  for (const key of keys) assertKey(key);
}

/**
 * Throws where a commit is not one that a store could carry out, whatever it holds. Every store calls it first.
 *
 * @throws TypeError for a key that stands twice in `writes`, a malformed key (see {@link assertKeys}) or tag, a text
 * that
 *   is not well-formed or holds U+0000, a reading of a range that is no prefix, a duration that is no positive whole
 *   number up to 100 years, a `keep` without a bound, a malformed index value, a `version` to redact below 1, an `at`
 *   that is no whole number from 0, an event over 8 KiB, or more of anything than one commit may hold.
 */
export function assertCommit(commit: Commit): void {
  if (!isNaturalOrAbsent(commit.at)) misuse(`A commit's "at" is whole milliseconds, not ${commit.at}.`);
  assertTag(commit.tag);
  assertSayable("by", commit.by ?? "");
  assertSayable("cause", commit.cause);
  assertCount("readings", commit.reads.length, commitReadsMax);
  assertCount("writes", commit.writes.length, commitWritesMax);
  assertCount("events", commit.events.length, commitWritesMax);
  for (const reading of commit.reads) assertReading(reading);
  for (const write of commit.writes) assertWrite(write);
  if (commit.writes.length > 1) assertEachKeyOnce(commit.writes);
  for (const event of commit.events) {
    assertKey(event.key);
    assertSayable("type", event.type);
    assertSayable("data", event.data ?? "");
    if (event.data !== undefined && exceedsBytes(event.data, eventDataBytesMax)) {
      misuse(
        `The data of an event are at most ${eventDataBytesMax} bytes: ${shown(event.type)} about ${shown(event.key)}.`,
      );
    }
  }
}

/**
 * Throws where `range` is none. Every store calls it first in `list`. Whether `after` is a position is the store's to
 * say.
 *
 * @throws TypeError for a limit outside 1 to 1,000, a `textBytesMax` that is no whole number above 0, a prefix that
 *   does not end in `/`, malformed index bounds, a `lapsedBefore` that is no whole number, or a `descending` that is no
 *   boolean or stands beside `lapsedBefore`.
 */
export function assertRange(range: Range): void {
  assertLimit(range.limit);
  if (range.textBytesMax !== undefined && !isPositive(range.textBytesMax)) {
    misuse(`"textBytesMax" is a whole number above 0, not ${range.textBytesMax}.`);
  }
  assertDirection(range);
  if ("prefix" in range) {
    assertKey(range.prefix);
    if (!range.prefix.endsWith("/")) misuse(`A prefix ends in "/": ${shown(range.prefix)}.`);
  } else if ("index" in range) {
    assertName(range.index);
    assertValue(range.from);
    assertValue(range.to);
  } else if (!Number.isSafeInteger(range.lapsedBefore)) {
    misuse(`"lapsedBefore" is whole milliseconds, not ${range.lapsedBefore}.`);
  }
}

/**
 * Throws where a history cannot be asked for like this. Every store calls it first in `history`.
 *
 * @throws TypeError for a malformed key, a limit outside 1 to 1,000, or a `before` or `at` that is no whole number.
 */
export function assertHistoryRequest(key: Key, request: HistoryRequest): void {
  assertKey(key);
  assertLimit(request.limit);
  if (request.before !== undefined && !Number.isSafeInteger(request.before)) {
    misuse(`"before" is a version, not ${request.before}.`);
  }
  if (request.at !== undefined && !Number.isSafeInteger(request.at)) {
    misuse(`"at" is whole milliseconds, not ${request.at}.`);
  }
}

/**
 * Throws where `budget` is no number of rows. Every store calls it first in `clean`.
 *
 * @throws TypeError unless it is a whole number of at least 1.
 */
export function assertBudget(budget: number): void {
  if (!isPositive(budget)) misuse(`A budget is a whole number of rows, at least 1, not ${budget}.`);
}

function assertDirection(range: Range): void {
  const descending = "descending" in range ? range.descending : undefined;
  if (descending === undefined) return;
  if (typeof descending !== "boolean") misuse(`"descending" is true or false, not ${String(descending)}.`);
  if ("lapsedBefore" in range) misuse('Only a range with a "prefix" or an "index" can be "descending".');
}

function assertReading(reading: Reading): void {
  if ("key" in reading) {
    assertKey(reading.key);
    assertExpectation(reading.key, reading.expect);
    return;
  }
  if (!("prefix" in reading.range)) misuse("Only a range with a prefix can be read in a commit.");
  assertRange(reading.range);
  assertCount("records seen", reading.seen.length, reading.range.limit);
  for (const { key, tag } of reading.seen) {
    assertKey(key);
    assertTag(tag);
  }
}

function assertWrite(write: Write): void {
  assertKey(write.key);
  assertExpectation(write.key, write.expect);
  if ("put" in write) {
    assertSayable("put", write.put);
    assertCount("index values", write.index?.length ?? 0, indexValuesMax);
    if (write.ttlMs !== undefined) assertDuration(write.key, "ttlMs", write.ttlMs);
    if (write.keep !== undefined) assertRetention(write.key, write.keep);
    if (write.index !== undefined) for (const value of write.index) assertIndexValue(value);
  } else if ("extendMs" in write) {
    assertDuration(write.key, "extendMs", write.extendMs);
  } else if ("redact" in write) {
    assertSayable("redact", write.redact);
    if (!isPositive(write.version)) misuse(`The version to redact of ${shown(write.key)} is none: ${write.version}.`);
  } else if (write.delete !== "tombstone" && write.delete !== "forget") {
    assertNever(write.delete);
  }
}

function assertEachKeyOnce(writes: readonly Write[]): void {
  const keys = new Set<Key>();
  for (const { key } of writes) {
    if (keys.has(key)) misuse(`A commit writes a key at most once: ${shown(key)}.`);
    keys.add(key);
  }
}

function assertExpectation(key: Key, expect: Expectation): void {
  if (typeof expect === "string") {
    if (expect !== "any" && expect !== "absent" && expect !== "present") assertNever(expect);
    return;
  }
  const tag = "tag" in expect ? expect.tag : "gone" in expect ? expect.gone : expect.lapsed;
  if (typeof tag !== "string") misuse(`What is expected of ${shown(key)} names no tag.`);
  assertTag(tag);
}

function assertTag(tag: string): void {
  if (!tagSyntax.test(tag)) misuse(`A tag is 1 to 64 letters, digits, "-" and "_": ${shown(tag)}.`);
}

// What PostgreSQL refuses, and what UTF-8 can't say, so that another text would be read than was written.
function assertSayable(member: string, text: string): void {
  if (text.includes("\u0000") || !text.isWellFormed()) {
    misuse(`"${member}" is well-formed and holds no U+0000: ${shown(text)}.`);
  }
}

function assertCount(what: string, count: number, countMax: number): void {
  if (count > countMax) misuse(`There are ${count} ${what} where at most ${countMax} may be.`);
}

function assertRetention(key: Key, keep: Retention): void {
  if (keep === "all" || keep === "none") return;
  if (keep.count === undefined && keep.ageMs === undefined) {
    misuse(`What to keep of ${shown(key)} has a "count", an "ageMs", or both.`);
  }
  if (!isNaturalOrAbsent(keep.count)) misuse(`"keep.count" of ${shown(key)} is a whole number, not ${keep.count}.`);
  if (!isNaturalOrAbsent(keep.ageMs) || (keep.ageMs ?? 0) > durationMsMax) {
    misuse(`"keep.ageMs" of ${shown(key)} is whole milliseconds up to 100 years, not ${keep.ageMs}.`);
  }
}

function assertIndexValue(value: IndexValue): void {
  assertName(value.name);
  assertValue(value.value);
}

function assertDuration(key: Key, option: string, durationMs: number): void {
  if (!isPositive(durationMs) || durationMs > durationMsMax) {
    misuse(`"${option}" of ${shown(key)} is whole milliseconds above 0, up to 100 years, not ${durationMs}.`);
  }
}

function assertLimit(limit: number): void {
  if (!isPositive(limit) || limit > pageLimitMax) {
    misuse(`A limit is a whole number from 1 to ${pageLimitMax}, not ${limit}.`);
  }
}

function assertKey(key: Key): void {
  if (key === "" || unfitForKeys.test(key) || exceedsBytes(key, keyBytesMax)) {
    misuse(`A key is 1 to ${keyBytesMax} bytes of UTF-8 without control characters: ${shown(key)}.`);
  }
}

function assertName(name: string): void {
  if (name === "" || unfitForKeys.test(name) || exceedsBytes(name, indexNameBytesMax)) {
    misuse(
      `The name of an index is 1 to ${indexNameBytesMax} bytes of UTF-8 without control characters: ${shown(name)}.`,
    );
  }
}

function assertValue(value: string): void {
  if (exceedsBytes(value, indexValueBytesMax) || value.includes("\u0000") || !value.isWellFormed()) {
    misuse(
      `The value of an index is well-formed, without U+0000, and at most ${indexValueBytesMax} bytes of ` +
        `UTF-8: ${shown(value)}.`,
    );
  }
}

function isPositive(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0;
}

function isNaturalOrAbsent(value: number | undefined): boolean {
  return value === undefined || (Number.isSafeInteger(value) && value >= 0);
}

// A UTF-16 code unit is at most three bytes of UTF-8, so that short texts, nearly all there are, need no counting.
function exceedsBytes(text: string, bytesMax: number): boolean {
  if (text.length * 3 <= bytesMax) return false;
  if (text.length > bytesMax) return true;
  let bytes = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    const half = unit >= 0xd800 && unit < 0xe000;
    bytes += unit < 0x80 ? 1 : unit < 0x800 || half ? 2 : 3;
  }
  return bytes > bytesMax;
}

function shown(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}

function misuse(message: string): never {
  throw new TypeError(message);
}
